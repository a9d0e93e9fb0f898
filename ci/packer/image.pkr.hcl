# Packer: audits the image that a build wrote; the build fails where it has findings (1) or was not judged whole (3).
# Put the post-processor at the end of your own build, or run this file alone: packer build -var image=FILE image.pkr.hcl

variable "image" {
  type        = string
  description = "Disk image that was built"
}

variable "fail_on" {
  type    = string
  default = "low"
}

variable "version" {
  type    = string
  default = "0.1.0"
}

variable "attest_key" {
  type        = string
  default     = ""
  description = "File of the private key that signs what was found; nothing is signed without"
}

source "null" "image" {
  communicator = "none"
}

build {
  sources = ["source.null.image"]

  post-processor "shell-local" {
    environment_vars = [
      "REMPART_IMAGE=${var.image}",
      "REMPART_FAIL_ON=${var.fail_on}",
      "REMPART_VERSION=${var.version}",
      "REMPART_ATTEST_KEY=${var.attest_key}",
    ]
    inline_shebang = "/bin/bash -e"
    inline = [
      "python3 -m venv .rempart",
      ".rempart/bin/pip install --quiet \"rempart[images]==$REMPART_VERSION\"",
      "set -- --image \"$REMPART_IMAGE\" --fail-on \"$REMPART_FAIL_ON\" --junit junit.xml --sarif rempart.sarif",
      "if [ -n \"$${REMPART_ATTEST_KEY:-}\" ]; then",
      "  key=$(mktemp) # a copy that its owner alone can read, as Rempart wants it",
      "  trap 'rm -f \"$key\"' EXIT",
      "  cat \"$REMPART_ATTEST_KEY\" >\"$key\"",
      "  set -- \"$@\" --attest rempart.dsse.json --attest-key \"$key\"",
      "fi",
      ".rempart/bin/rempart audit \"$@\"",
    ]
  }
}
