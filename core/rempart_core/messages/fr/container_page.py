"""The words of the image of a container that was judged."""

TEXTS = {
    "container_page.config": "Image de conteneur, configuration",
    "container_page.config_of": "Image de conteneur {platform}, configuration",
    "container_page.manifest": "Image de conteneur, manifeste",
    "container_page.manifest_of": "Image de conteneur {platform}, manifeste",
    "container_page.more": "le fichier contient autre chose que cette image",
}
