# Autobahn's test suite, and the Python 2.7 that it needs: what `./run autobahn` does. Sourced by
# ./run.
#
# All of it is in _build/autobahn: debian-11/ (Python 2.7, where the machine has none), python2/
# (the suite and its packages), and server/ and client/, the reports. Deleting it is always safe.

autobahn_dir=$build_dir/autobahn
autobahn_pins=tests/autobahn/requirements.txt
debian_11=$autobahn_dir/debian-11

# The last version that makes environments for Python 2.7.
virtualenv='virtualenv==20.21.1'

is_python_2() {
    "$1" -c 'import ssl, sys, zlib; sys.exit(sys.version_info[:2] != (2, 7))' 2>/dev/null
}

# Sets python_2: the one that WSOUP_PYTHON2 names, the machine's, or the one of Debian 11.
find_python_2() {
    for python_2 in "${WSOUP_PYTHON2:-python2.7}" "$debian_11/files/usr/bin/python2.7"; do
        ! is_python_2 "$python_2" || return 0
    done
    on_debian_12 || die "Autobahn's suite needs Python 2.7: say with WSOUP_PYTHON2 where it is"
    say 'Python 2.7, from the packages of Debian 11'
    unpack_python_2
    is_python_2 "$python_2" || die "Python 2.7 does not run in $debian_11"
}

# Debian 12 has no Python 2.7, but its mirrors have that of Debian 11. It is unpacked, not
# installed: apt works on lists and a state of its own, so the machine's know nothing of it.
unpack_python_2() {
    local mirror apt_11 package
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || { apt update && mirror=$(debian_mirror); }
    [ -n "$mirror" ] || die 'no mirror of Debian 12 is among the sources of apt'
    rm -rf "$debian_11"
    mkdir -p "$debian_11"/{files,packages,state/lists/partial,cache/archives/partial}
    : >"$debian_11/state/status"
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror bullseye main" \
        >"$debian_11/sources.list"
    apt_11=(
        apt-get -q -o Dir::Etc::SourceList="$debian_11/sources.list" -o Dir::Etc::SourceParts=-
        -o Dir::State="$debian_11/state" -o Dir::State::Status="$debian_11/state/status"
        -o Dir::Cache="$debian_11/cache" -o APT::Sandbox::User="$(id -un)"
    )
    "${apt_11[@]}" update
    # What Debian 12 has itself is left out. The headers are for packages that are compiled.
    (cd "$debian_11/packages" && "${apt_11[@]}" download libffi7 libpython2.7-dev \
        libpython2.7-minimal libpython2.7-stdlib libssl1.1 python2.7-minimal)
    for package in "$debian_11"/packages/*.deb; do
        dpkg-deb --extract "$package" "$debian_11/files"
    done
}

debian_mirror() {
    apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
        sed -n 's,/* bookworm$,,p' | head -n 1
}

# Sets wstest: the suite's command, installed once.
install_autobahn() {
    local python_2
    # A Python 2.7 that is installed has them in its own places and ignores these.
    local libraries headers=$debian_11/files/usr/include
    libraries=$debian_11/files/usr/lib/$(gcc -print-multiarch)
    export LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    export CPATH=$headers:$headers/python2.7${CPATH:+:$CPATH}
    wstest=$autobahn_dir/python2/bin/wstest
    ! cmp -s "$autobahn_pins" "$autobahn_dir/python2/installed.txt" || return 0
    find_python_2
    say "Autobahn's test suite, in Python 2.7"
    "$python" -m venv --clear "$autobahn_dir/virtualenv"
    "$autobahn_dir/virtualenv/bin/pip" install --quiet --disable-pip-version-check "$virtualenv"
    "$autobahn_dir/virtualenv/bin/virtualenv" --quiet --clear --python "$python_2" \
        "$autobahn_dir/python2"
    "$autobahn_dir/python2/bin/pip" --no-python-version-warning install --quiet \
        --disable-pip-version-check -r "$autobahn_pins"
    cp "$autobahn_pins" "$autobahn_dir/python2/installed.txt"
}

# autobahn CASE...: both roles; all cases if none is given
autobahn() {
    local manifest=tests/autobahn/Cargo.toml
    say 'building the peer'
    cargo build --locked --manifest-path "$manifest"
    mkdir -p "$autobahn_dir"
    install_autobahn
    say "Autobahn's test suite"
    "$python" tests/autobahn/suite.py "$wstest" "$CARGO_TARGET_DIR/debug/wsoup-autobahn" \
        "$autobahn_dir" "$@"
}
