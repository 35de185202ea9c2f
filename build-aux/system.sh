# What this machine has and lacks, and how to get it. Sourced by ./run and .ci/run.
#
# A tool counts as there when its probe finds it, wherever it came from, so nothing is asked of the
# package manager on a machine that is ready. Only Debian 12 is installed to by itself: there the
# names and versions are known to fit. Elsewhere the missing packages are named and that is all.

# group | probe | package on Debian and Ubuntu | on Fedora | on Arch
# A group is what a word of ./run needs: build < demo < test < bench. check is for .ci/run alone, profile
# and asan for what they are called by, and tsan for ./run sanitize thread, which asks for it on Debian 12
# alone: its packages belong together.
tools='
build | command gcc                                   | gcc                    | gcc                          | gcc
build | command pkg-config                            | pkg-config             | pkgconf-pkg-config           | pkgconf
build | command meson                                 | meson                  | meson                        | meson
build | command ninja                                 | ninja-build            | ninja-build                  | ninja
build | command python3                               | python3                | python3                      | python
build | library gio-unix-2.0 >= 2.74                  | libglib2.0-dev         | glib2-devel                  | glib2-devel
build | command g-ir-scanner                          | gobject-introspection  | gobject-introspection-devel  | gobject-introspection
build | library gobject-introspection-1.0             | libgirepository1.0-dev | gobject-introspection-devel  | gobject-introspection
build | command vapigen                               | valac                  | vala                         | vala
build | file /etc/ssl/certs/ca-certificates.crt       | ca-certificates        | ca-certificates              | ca-certificates
build | rust                                          | rustc-web cargo-web    | rust cargo                   | rust
demo  | command valac                                 | valac                  | vala                         | vala
demo  | python gi                                     | python3-gi             | python3-gobject              | python-gobject
demo  | typelib Gio-2.0                               | gir1.2-glib-2.0        | gobject-introspection        | gobject-introspection-runtime
demo  | command gjs                                   | gjs                    | gjs                          | gjs
demo  | tls                                           | glib-networking        | glib-networking              | glib-networking
test  | command g++                                   | g++                    | gcc-c++                      | gcc
test  | command openssl                               | openssl                | openssl                      | openssl
test  | command valgrind                              | valgrind libc6-dbg     | valgrind                     | valgrind
test  | command ip                                    | iproute2               | iproute                      | iproute2
test  | command chromium chromium-browser             | chromium               | chromium                     | chromium
test  | command chromedriver                          | chromium-driver        | chromedriver                 | chromium
test  | library libsoup-3.0                           | libsoup-3.0-dev        | libsoup3-devel               | libsoup3
test  | typelib Soup-3.0                              | gir1.2-soup-3.0        | libsoup3                     | libsoup3
test  | python venv ensurepip                         | python3-venv           | python3                      | python
test  | command gi-docgen                             | gi-docgen              | gi-docgen                    | gi-docgen
bench | library libwebsockets                         | libwebsockets-dev      | libwebsockets-devel          | libwebsockets
bench | file /usr/include/boost/version.hpp           | libboost-dev           | boost-devel                  | boost
bench | command node                                  | nodejs                 | nodejs                       | nodejs
bench | command npm                                   | npm                    | npm                          | npm
bench | command strace                                | strace                 | strace                       | strace
profile | command perf                                | linux-perf             | perf                         | perf
check | cargo fmt                                     | rustfmt-web            | rustfmt                      | rust
check | cargo clippy                                  | rust-web-clippy        | clippy                       | rust
asan  | command clang-19 clang                        | clang-19 libclang-rt-19-dev | clang compiler-rt       | clang compiler-rt
tsan  | command /usr/bin/rustc                        | rustc-web              | rust                         | rust
tsan  | command /usr/bin/cargo                        | cargo-web              | rust                         | rust
tsan  | file /usr/lib/rustlib/src/rust/library        | rust-web-src           | rust-src                     | rust-src
tsan  | file /usr/lib/llvm-22/lib/clang/22/lib/linux  | libclang-rt-22-dev     | compiler-rt                  | compiler-rt
'

os_release=${WSOUP_OS_RELEASE:-/etc/os-release}
os_id=$(. "$os_release" 2>/dev/null && echo "${ID:-unknown} ${ID_LIKE:-}") || os_id=unknown
os_version=$(. "$os_release" 2>/dev/null && echo "${VERSION_ID:-}") || os_version=
rust_version=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)

# The bindings of GObject belong to the system's Python, which need not be the first in PATH.
python=/usr/bin/python3
[ -x "$python" ] || python=python3

say() { printf '\033[1m== %s\033[0m\n' "$*"; }
die() { printf 'run: %s\n' "$*" >&2; exit 1; }

on_debian_12() { [ "${os_id%% *}" = debian ] && [ "${os_version%%.*}" = 12 ]; }

# at_least VERSION WANTED: whether VERSION is WANTED or newer
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$2" ]; }

# Puts a new enough cargo and rustc into PATH: those that are there, or those of rustup's folder.
find_rust() {
    local folder before=$PATH version
    for folder in '' "${CARGO_HOME:-${HOME:-/root}/.cargo}/bin"; do
        [ -z "$folder" ] || PATH=$folder:$before
        hash -r
        if version=$(rustc --version 2>/dev/null) && cargo --version >/dev/null 2>&1; then
            version=${version#rustc }
            at_least "${version%%[- ]*}" "$rust_version" && return
        fi
    done
    PATH=$before
    return 1
}

any_command() { local name; for name; do command -v "$name" >/dev/null && return; done; return 1; }

any_file() { local file; for file; do [ -e "$file" ] && return; done; return 1; }

# probe KIND ARGUMENT...: whether it is there
probe() {
    local kind=$1
    shift
    case $kind in
        command) any_command "$@" ;;
        library) any_command pkg-config && pkg-config --exists "$*" ;;
        python) "$python" -c "import $(IFS=,; echo "$*")" 2>/dev/null ;;
        typelib) any_file /usr/lib/girepository-1.0/"$1".typelib /usr/lib*/girepository-1.0/"$1".typelib \
            /usr/lib/*/girepository-1.0/"$1".typelib ;;
        tls) any_file /usr/lib*/gio/modules/libgio{gnutls,openssl}.so \
            /usr/lib/*/gio/modules/libgio{gnutls,openssl}.so ;;
        file) any_file "$@" /etc/pki/tls/certs/ca-bundle.crt ;;
        rust) find_rust ;;
        cargo) find_rust && cargo "$1" --version >/dev/null 2>&1 ;;
        *) die "unknown probe: $kind" ;;
    esac
}

# missing GROUP...: the lines of the table whose probe finds nothing
missing() {
    local group probe rest
    while IFS='|' read -r group probe rest; do
        group=${group// /}
        [[ -n $group && " $* " == *" $group "* ]] || continue
        # shellcheck disable=SC2086 # the words of the probe are its arguments
        probe $probe || printf '%s|%s|%s\n' "$group" "$probe" "$rest"
    done <<<"$tools"
}

# packages COLUMN: the names in that column of the table lines on stdin, once each, on one line
packages() { cut -d '|' -f "$1" | tr -s ' ' '\n' | sed '/^$/d' | sort -u | tr '\n' ' '; }

# explain LINES: says what is missing and which packages bring it
explain() {
    local lines=$1 debian
    {
        echo 'run: these are needed and were not found:'
        cut -d '|' -f 2 <<<"$lines" | sed "s/^ */  /; s/ *$//
            s/^  rust$/  Rust $rust_version or newer (rustc and cargo)/; s/^  tls$/  a TLS module of GIO/"
        if ! on_debian_12; then
            # Only Debian 12 has the newer compiler apart; rustup brings it to the others.
            lines=$(sed 's/rustc-web cargo-web/rustup             /; s/rustfmt-web/           /; s/rust-web-clippy/               /' <<<"$lines")
        fi
        debian="apt-get install $(packages 3 <<<"$lines")"
        case " $os_id " in
            *' debian '* | *' ubuntu '*) echo "Install them, as root: $debian" ;;
            *' fedora '*) echo "Install them, as root: dnf install $(packages 4 <<<"$lines")" ;;
            *' arch '*) echo "Install them, as root: pacman -S --needed $(packages 5 <<<"$lines")" ;;
            *)
                echo "Debian, Ubuntu: $debian"
                echo "Fedora:         dnf install $(packages 4 <<<"$lines")"
                echo "Arch:           pacman -S --needed $(packages 5 <<<"$lines")"
                ;;
        esac
        if grep -qE '\| *(rust|cargo) ' <<<"$lines"; then
            ! on_debian_12 || echo 'rustc-web is new enough in the archive bookworm-security.'
            echo 'Rust also comes with rustup (https://rustup.rs): rustup toolchain install stable'
            echo 'and, for .ci/run: rustup component add rustfmt clippy'
        fi
    } >&2
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 "$@" </dev/null
}

# On Debian 12 a new enough rustc-web comes with the security updates. A root made by debootstrap
# does not have them: then they are added, from the mirror that the release itself comes from.
add_security_updates() {
    local candidate mirror list=/etc/apt/sources.list.d/bookworm-security.list
    candidate=$(apt-cache policy rustc-web | sed -n 's/^ *Candidate: //p')
    at_least "${candidate:-0}" "$rust_version" && return
    mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
        sed -n 's,/* bookworm$,,p' | head -n 1)
    [ -n "$mirror" ] || die "Debian's archive bookworm-security is not among the sources of apt: please add it"
    say "rustc-web $rust_version comes with Debian's security updates: adding them in $list"
    echo "deb $mirror-security bookworm-security main" | as_root tee "$list"
    apt update
}

# can_install LINES: whether this script may and can install these lines itself
can_install() {
    on_debian_12 || return
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null || return
    # Debian's rustfmt and clippy do not fit a compiler that came from elsewhere.
    ! { find_rust && [[ $(command -v cargo) != /usr/bin/cargo && $1 == *'| cargo '* ]]; }
}

# setup GROUP...: installs what these groups need; does nothing when all of it is there
setup() {
    local lines names
    lines=$(missing "$@")
    if [ -n "$lines" ]; then
        if ! can_install "$lines"; then
            explain "$lines"
            exit 1
        fi
        names=$(packages 3 <<<"$lines")
        say "installing $names"
        apt update
        [[ $names != *-web* ]] || add_security_updates
        # shellcheck disable=SC2086 # one argument a package
        apt install --no-install-recommends --no-remove $names
        hash -r
        lines=$(missing "$@")
        if [ -n "$lines" ]; then
            explain "$lines"
            exit 1
        fi
    fi
    find_rust # `missing` ran in a shell of its own, this PATH is the one that counts
}
