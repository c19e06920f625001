#!/usr/bin/env bash
# Opens pages in a headless Chromium and checks that they work: no error, nothing fetched, charts drawn, zoom and
# toggles do what they say, readable in a narrow and a wide window, in light and dark.
#
#   tests/browser/run.sh SCREENSHOTS PAGE.html...
#
# Screenshots are written to the folder SCREENSHOTS. Needs node and npm; takes Chromium from the system, or from Debian's
# package if it may install it. Where that cannot be it says so and ends with 0. CHROMIUM names another browser.
set -euo pipefail

if [ $# -lt 2 ]; then
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
here="$(cd "$(dirname "$0")" && pwd)"

skip() {
    echo "browser: SKIPPED, $*"
    exit 0
}

find_browser() {
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome-stable google-chrome; do
        if [ -n "$name" ] && command -v "$name"; then
            return
        fi
    done
    return 1
}

install_browser() {
    command -v apt-get >/dev/null || return 1
    local sudo=()
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || return 1
        sudo=(sudo -n)
    fi
    "${sudo[@]}" apt-get update -qq && "${sudo[@]}" apt-get install -y -qq --no-install-recommends chromium
}

command -v node >/dev/null || skip "there is no node"
command -v npm >/dev/null || skip "there is no npm"
if ! browser="$(find_browser)"; then
    install_browser >&2 || skip "there is no Chromium and it cannot be installed"
    browser="$(find_browser)" || skip "there is no Chromium"
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cp "$here/check.mjs" "$here/acts.mjs" "$work/"
echo '{"private":true,"type":"module"}' >"$work/package.json"
(cd "$work" && npm install --silent --no-audit --no-fund --ignore-scripts puppeteer-core@24 >&2) ||
    skip "puppeteer-core cannot be installed"
node "$work/check.mjs" "$browser" "$@"
