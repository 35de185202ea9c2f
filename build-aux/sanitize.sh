# Runs the suites of the crate and of C under checkers of memory and threads. Sourced by ./run.
#
# The sanitizers are rustc's own, which stable compilers have to be told to give. GLib is not
# instrumented: faults in it are seen where it allocates, frees and calls.

sanitize_dir=$build_dir/sanitize
valgrind_options="--quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite
    --show-leak-kinds=definite --num-callers=30
    --suppressions=$(pkg-config --variable=prefix glib-2.0)/share/glib-2.0/valgrind/glib.supp
    --suppressions=$PWD/tests/c/valgrind.supp"

# need_sanitizer NAME: ends unless this rustc has its runtime
need_sanitizer() {
    rust_host=$(rustc -vV | sed -n 's/^host: //p')
    any_file "$(rustc --print sysroot)/lib/rustlib/$rust_host/lib/"librustc-*_rt."$1".a ||
        die "sanitize: this rustc has no runtime of the sanitizer “$1”; those of rustup have"
}

# with_sanitizer NAME COMMAND...: with a cargo that compiles for it
with_sanitizer() {
    local name=$1
    shift
    # With a target named, cargo does not instrument what runs while it builds.
    RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=$name -Cunsafe-allow-abi-mismatch=sanitizer" \
        CARGO_BUILD_TARGET=$rust_host CARGO_TARGET_DIR=$sanitize_dir/$name WSOUP_TEST_DEADLINE=120 \
        "$@"
}

# AddressSanitizer and LeakSanitizer: the crate's suites and C's
sanitize_address() {
    need_sanitizer asan
    export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1
    export LSAN_OPTIONS=suppressions=$PWD/tests/c/lsan.supp:print_suppressions=0
    say 'the crate under AddressSanitizer and LeakSanitizer'
    # What counts its memory is left out: what was freed is kept for a while, to see who still uses it.
    with_sanitizer address cargo build --locked -p wsoup --examples
    with_sanitizer address cargo test --locked --no-fail-fast -p wsoup --lib --tests \
        -- --skip what_is_endless_takes_little_memory
    say 'the C suites under AddressSanitizer and LeakSanitizer'
    # The runtime is the C compiler's, which knows rustc's instrumentation, too. That of gcc 12 fails
    # where it looks for leaks while a thread ends.
    local folder=$sanitize_dir/address-c
    [ -e "$folder/build.ninja" ] || CC=$(command -v clang-19 || command -v clang) \
        with_sanitizer address meson setup "$folder" --buildtype=debug -Db_sanitize=address \
        -Db_lundef=false -Dintrospection=disabled -Dvapi=disabled -Ddocs=disabled
    with_sanitizer address meson compile -C "$folder"
    G_SLICE=always-malloc with_sanitizer address \
        meson test -C "$folder" --no-rebuild --print-errorlogs --suite c
}

# ThreadSanitizer: what has threads. Without a standard library that is instrumented, too, its locks
# and channels are out of sight, and all that they guard is called a race.
sanitize_thread() {
    need_sanitizer tsan
    any_file "$(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock" ||
        die "sanitize: ThreadSanitizer needs the source of the standard library, to compile it, too.
It is a component of rustup: rustup component add rust-src"
    # GLib has its locks from the kernel: it is left out.
    export TSAN_OPTIONS=ignore_noninstrumented_modules=1:halt_on_error=1
    say 'what has threads under ThreadSanitizer'
    with_sanitizer thread cargo -Zbuild-std test --locked --no-fail-fast -p wsoup --lib event_loop
    with_sanitizer thread cargo -Zbuild-std test --locked --no-fail-fast -p wsoup \
        --test first_use --test fairness --test connection --test session_certificate
}

# valgrind's memcheck: the crate's suites and C's
sanitize_valgrind() {
    say 'the crate under valgrind'
    rust_host=$(rustc -vV | sed -n 's/^host: //p')
    local runner
    runner=CARGO_TARGET_$(tr a-z- A-Z_ <<<"$rust_host")_RUNNER
    # Time is not what it is otherwise, so that what measures it is left out.
    env "$runner=valgrind $(echo $valgrind_options)" WSOUP_TEST_DEADLINE=240 \
        cargo test --locked --no-fail-fast -p wsoup --lib --tests -- --skip time_for
    say 'the C suites under valgrind'
    configure debug enabled
    meson compile -C "$build_dir/debug"
    meson test -C "$build_dir/debug" --no-rebuild --print-errorlogs --suite memory
}

# Miri: the protocol core. The unsafe code is in zlib-rs and simdutf8 there; that of wsoup itself calls
# GLib, which Miri cannot run.
sanitize_miri() {
    cargo miri --version >/dev/null 2>&1 || die "sanitize: there is no Miri for the toolchain in use.
It is a component of nightly toolchains of rustup, and comes from nowhere else:
    rustup toolchain install nightly --component miri
    rustup run nightly ./run sanitize miri"
    say 'the protocol core under Miri'
    MIRIFLAGS=-Zmiri-disable-isolation PROPTEST_CASES=4 CARGO_TARGET_DIR=$sanitize_dir/miri \
        cargo miri test --locked -p wsoup-protocol-alone
}

sanitize() {
    case ${1:-} in
        address | thread | valgrind | miri) "sanitize_$1" ;;
        '')
            sanitize_address
            sanitize_valgrind
            ;;
        *) die "sanitize: unknown checker: $1" ;;
    esac
}
