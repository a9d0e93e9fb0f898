"""The words of the difference between two runs."""

TEXTS = {
    "difference_page.appeared": "Nouvelles vérifications ({count})",
    "difference_page.better": "Mieux ({count})",
    "difference_page.changed": "Changé ({count})",
    "difference_page.disappeared": "Vérifications retirées ({count})",
    "difference_page.same": "{count} sans changement",
    "difference_page.sum_appeared": "{count:nouvelle vérification|nouvelles vérifications}",
    "difference_page.sum_better": "{count} mieux",
    "difference_page.sum_changed": "{count} changé",
    "difference_page.sum_disappeared": "{count:vérification retirée|vérifications retirées}",
    "difference_page.sum_unseen": "{count} ne se voit plus",
    "difference_page.sum_waivers": "{count:dérogation|dérogations}",
    "difference_page.sum_worse": "{count} pire",
    "difference_page.unseen": "Ne se voit plus ({count})",
    "difference_page.waiver_of": "{end} : {reason}",
    "difference_page.waivers": "Dérogations ({count})",
    "difference_page.worse": "Pire ({count})",
}
