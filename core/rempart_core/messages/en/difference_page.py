"""The words of the difference between two runs."""

TEXTS = {
    "difference_page.appeared": "New checks ({count})",
    "difference_page.better": "Better ({count})",
    "difference_page.changed": "Changed ({count})",
    "difference_page.disappeared": "No longer asked ({count})",
    "difference_page.same": "{count} the same",
    "difference_page.sum_appeared": "{count:new check|new checks}",
    "difference_page.sum_better": "{count} better",
    "difference_page.sum_changed": "{count} changed",
    "difference_page.sum_disappeared": "{count} no longer asked",
    "difference_page.sum_unseen": "{count} can't be seen any more",
    "difference_page.sum_waivers": "{count:waiver|waivers}",
    "difference_page.sum_worse": "{count} worse",
    "difference_page.unseen": "Can't be seen any more ({count})",
    "difference_page.waiver_of": "{end}: {reason}",
    "difference_page.waivers": "Waivers ({count})",
    "difference_page.worse": "Worse ({count})",
}
