# shellcheck shell=bash
# An empty Debian in a folder: made with debootstrap, entered with unshare and chroot. Sourced by scripts/fresh.
#
# From this system the machine gets only what the network may require: proxies, certificate authorities, the configuration of
# package registries, and package caches.

readonly FRESH_CACHE="$CACHE/fresh"
# An older base is replaced, because apt would have too many packages to upgrade.
readonly BASE_MAX_AGE_DAYS=7
readonly DEBIAN_MIRROR="${VILOKANAM_DEBIAN_MIRROR:-http://deb.debian.org/debian}"
readonly DEBIAN_SECURITY_MIRROR="${VILOKANAM_DEBIAN_SECURITY_MIRROR:-http://deb.debian.org/debian-security}"
readonly MACHINE_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# Environment variables with proxies, certificate authorities and registries.
readonly NETWORK_VARIABLES=(
    http_proxy https_proxy no_proxy all_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY
    SSL_CERT_FILE CURL_CA_BUNDLE GIT_SSL_CAINFO REQUESTS_CA_BUNDLE NODE_EXTRA_CA_CERTS CARGO_HTTP_CAINFO CARGO_HTTP_PROXY
    PIP_CERT PIP_INDEX_URL PIP_EXTRA_INDEX_URL PIP_PROXY PIP_DEFAULT_TIMEOUT NPM_CONFIG_REGISTRY npm_config_registry
)

MACHINE="" MACHINE_USER="" MACHINE_HOME=""

# machine_possible: whether this system can make a machine. Prints the reason if it cannot.
machine_possible() {
    if ! command -v debootstrap >/dev/null; then
        note "debootstrap is not installed"
        return 1
    fi
    if ((EUID != 0)); then
        note "making a machine needs root"
        return 1
    fi
    if ! unshare --mount --pid --fork true 2>/dev/null; then
        note "this system does not allow new mount and process namespaces"
        return 1
    fi
}

# machine_base SUITE: makes an archive of an empty Debian, unless there is a recent one.
machine_base() {
    local suite=$1 archive="$FRESH_CACHE/$1.tar" work
    if [[ -n "$(find "$archive" -mtime "-$BASE_MAX_AGE_DAYS" 2>/dev/null)" ]]; then return; fi
    note "making an empty Debian ($suite, minbase), which takes about 40 s"
    mkdir -p "$FRESH_CACHE"
    work="$(mktemp -d "$FRESH_CACHE/base.XXXXXX")"
    if ! debootstrap --variant=minbase "$suite" "$work" "$DEBIAN_MIRROR" >"$work.log" 2>&1; then
        tail -n 20 "$work.log" >&2
        rm -rf "$work"
        die "debootstrap could not make a Debian $suite from $DEBIAN_MIRROR"
    fi
    tar -C "$work" -cf "$work.tar" .
    mv "$work.tar" "$archive"
    rm -rf "$work" "$work.log"
}

# machine_new SUITE USER: makes an empty machine and sets MACHINE to its folder. USER is root or the name of a new user, who may
# use sudo.
machine_new() {
    local suite=$1
    MACHINE_USER=$2
    MACHINE_HOME=/root
    machine_base "$suite"
    mkdir -p "$FRESH_CACHE/machines"
    MACHINE="$(mktemp -d "$FRESH_CACHE/machines/$suite-$MACHINE_USER.XXXXXX")"
    tar -C "$MACHINE" -xpf "$FRESH_CACHE/$suite.tar"
    # mktemp makes a folder that only its owner can read; other users of the machine have to read its root folder as well.
    chmod 755 "$MACHINE"
    machine_apt "$suite"
    machine_network
    if [[ "$MACHINE_USER" != root ]]; then
        MACHINE_HOME="/home/$MACHINE_USER"
        machine_run_as root "apt-get -q update >/dev/null && apt-get -q -y --no-install-recommends install sudo >/dev/null 2>&1 &&
            useradd --create-home --shell /bin/bash $MACHINE_USER &&
            echo '$MACHINE_USER ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/$MACHINE_USER" ||
            die "the user $MACHINE_USER with sudo could not be made in the machine"
    fi
    machine_caches
}

machine_apt() {
    local suite=$1
    printf '%s\n' "deb $DEBIAN_MIRROR $suite main" "deb $DEBIAN_MIRROR $suite-updates main" \
        "deb $DEBIAN_SECURITY_MIRROR $suite-security main" >"$MACHINE/etc/apt/sources.list"
    # The settings with which apt reaches its mirrors on this system.
    find /etc/apt/apt.conf /etc/apt/apt.conf.d -type f -exec sed -n '/^[[:space:]]*Acquire::/p' {} + \
        >"$MACHINE/etc/apt/apt.conf.d/90outer" 2>/dev/null || true
    # The machine is removed at the end, so it does not have to survive a crash.
    echo force-unsafe-io >"$MACHINE/etc/dpkg/dpkg.cfg.d/unsafe-io"
    # One per user: apt locks its cache, and two machines may run at the same time.
    MACHINE_APT_CACHE="$FRESH_CACHE/apt-$suite-$MACHINE_USER"
    mkdir -p "$MACHINE_APT_CACHE/partial"
}

machine_network() {
    local file name
    cp -L /etc/resolv.conf "$MACHINE/etc/resolv.conf"
    # ca-certificates adds these when it is installed.
    mkdir -p "$MACHINE/usr/local/share/ca-certificates"
    find /usr/local/share/ca-certificates -name '*.crt' -exec cp -t "$MACHINE/usr/local/share/ca-certificates" {} + 2>/dev/null || true
    # Copies certificate bundles that are not in the system's folder.
    for name in "${NETWORK_VARIABLES[@]}"; do
        file="${!name:-}"
        if [[ "$file" == /* && -f "$file" && "$file" != /etc/ssl/certs/* ]]; then
            mkdir -p "$MACHINE${file%/*}"
            cp -L "$file" "$MACHINE$file"
        fi
    done
    if [[ -f /etc/pip.conf ]]; then cp /etc/pip.conf "$MACHINE/etc/"; fi
}

# Copies the user's registry configuration and the packages that cargo and npm have downloaded into the machine.
machine_caches() {
    local home="$MACHINE$MACHINE_HOME" cargo="${CARGO_HOME:-$HOME/.cargo}" file
    mkdir -p "$home/.cargo/registry" "$home/.npm" "$home/.config/pip"
    for file in config.toml config credentials.toml; do
        if [[ -f "$cargo/$file" ]]; then cp "$cargo/$file" "$home/.cargo/"; fi
    done
    for file in index cache; do
        if [[ -d "$cargo/registry/$file" ]]; then cp -r "$cargo/registry/$file" "$home/.cargo/registry/"; fi
    done
    if [[ -d "$HOME/.npm/_cacache" ]]; then cp -r "$HOME/.npm/_cacache" "$home/.npm/"; fi
    if [[ -f "$HOME/.npmrc" ]]; then
        sed -n -E '/^(@[^=]*:)?(registry|proxy|https-proxy|noproxy|cafile|strict-ssl|omit-lockfile-registry-resolved)|^\/\//p' \
            "$HOME/.npmrc" >"$home/.npmrc"
    fi
    if [[ -f "$HOME/.config/pip/pip.conf" ]]; then cp "$HOME/.config/pip/pip.conf" "$home/.config/pip/"; fi
    machine_give "$MACHINE_HOME"
}

# machine_give PATH: makes the machine's user the owner of a path.
machine_give() { chroot "$MACHINE" chown -R "$MACHINE_USER:" "$1"; }

# machine_clone: clones the HEAD of this repository into the home folder of the machine's user.
machine_clone() {
    local changed
    changed="$(git -C "$ROOT" status --porcelain | wc -l)"
    if ((changed > 0)); then note "$changed changed or new files are not committed; the clone does not contain them"; fi
    git clone --quiet --no-local "$ROOT" "$MACHINE$MACHINE_HOME/vilokanam"
    machine_give "$MACHINE_HOME/vilokanam"
}

# machine_run COMMAND: runs a command as the machine's user, in the clone.
machine_run() { machine_run_as "$MACHINE_USER" "cd ~/vilokanam && $1"; }

# Set to `--net` to run without any network but the loopback device.
MACHINE_NAMESPACES=()

# machine_run_as USER COMMAND: runs a command as a user, in the home folder.
machine_run_as() {
    local user=$1 command=$2 home=/root name variables=()
    if [[ "$user" != root ]]; then home="/home/$user"; fi
    for name in "${NETWORK_VARIABLES[@]}"; do
        if [[ -n "${!name:-}" ]]; then variables+=("$name=${!name}"); fi
    done
    # All mounts and processes end with the namespaces, even if this script is killed.
    unshare --mount --pid --fork --kill-child "${MACHINE_NAMESPACES[@]}" -- \
        bash "$ROOT/scripts/fresh.d/enter.sh" "$MACHINE" "$MACHINE_APT_CACHE" "$user" \
        env -i HOME="$home" USER="$user" LOGNAME="$user" SHELL=/bin/bash LANG=C.UTF-8 TERM="${TERM:-dumb}" \
        PATH="$MACHINE_PATH" "${variables[@]}" bash -c "cd && $command"
}

machine_remove() {
    if [[ -n "$MACHINE" && -d "$MACHINE" ]]; then rm -rf --one-file-system "$MACHINE"; fi
    MACHINE=""
}
