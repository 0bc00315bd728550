#!/bin/sh
# Installs the Debian packages that tests use and this machine does not have. Where that is not possible it says so in one
# line: those tests are then skipped, by name.
set -u

# What each is for: pages in a browser; keys and signatures of tags.
packages="chromium openssh-client gpg gpg-agent"
# Of each of the two commands.
seconds=300

missing=""
for package in $packages; do
  case $(dpkg-query --show --showformat '${Status}' "$package" 2>/dev/null) in
    *" installed") ;;
    *) missing="$missing $package" ;;
  esac
done
[ -z "$missing" ] && exit 0

cannot() {
  echo "Not installed:$missing ($1)"
  exit 0
}
command -v apt-get >/dev/null || cannot "no apt-get here"
[ "$(id -u)" -eq 0 ] || cannot "not root: sudo apt-get install --no-install-recommends$missing"

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
last() { tail -n 1 "$log" | cut -c 1-200; }
timeout "$seconds" apt-get update >"$log" 2>&1 || cannot "apt-get update: $(last)"
# shellcheck disable=SC2086 # Names of packages, one word each.
timeout "$seconds" apt-get install -y --no-install-recommends $missing >"$log" 2>&1 </dev/null ||
  cannot "apt-get install: $(last)"
echo "Installed:$missing"
