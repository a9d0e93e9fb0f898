"""The words of the image of a container that was judged."""

TEXTS = {
    "container_page.config": "Container image, configuration",
    "container_page.config_of": "Container image {platform}, configuration",
    "container_page.manifest": "Container image, manifest",
    "container_page.manifest_of": "Container image {platform}, manifest",
    "container_page.more": "the file holds more than this image",
}
