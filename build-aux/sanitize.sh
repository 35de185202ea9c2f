# Runs the suites of the crate and of C under checkers of memory and threads. Sourced by ./run.
#
# The sanitizers are those of rustc, which stable compilers have to be told to give. GLib is not
# instrumented: faults in it are seen where it allocates, frees and calls.

sanitize_dir=$build_dir/sanitize
# How to link a runtime that is not rustc's own
runtime_flags=
valgrind_options="--quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite
    --show-leak-kinds=definite --num-callers=30
    --suppressions=$(pkg-config --variable=prefix glib-2.0)/share/glib-2.0/valgrind/glib.supp
    --suppressions=$PWD/tests/c/valgrind.supp"

# has_runtime NAME: whether this rustc has the runtime of that sanitizer
has_runtime() {
    rust_host=$(rustc -vV | sed -n 's/^host: //p')
    any_file "$(rustc --print sysroot)/lib/rustlib/$rust_host/lib/"librustc-*_rt."$1".a
}

# with_sanitizer NAME COMMAND...: with a cargo that compiles for it
with_sanitizer() {
    local name=$1
    shift
    # With a target named, cargo does not instrument what runs while it builds.
    RUSTC_BOOTSTRAP=1 \
        RUSTFLAGS="-Zsanitizer=$name -Cunsafe-allow-abi-mismatch=sanitizer $runtime_flags" \
        CARGO_BUILD_TARGET=$rust_host CARGO_TARGET_DIR=$sanitize_dir/$name WSOUP_TEST_DEADLINE=120 \
        "$@"
}

# AddressSanitizer and LeakSanitizer: the crate's suites and C's
sanitize_address() {
    has_runtime asan ||
        die 'sanitize: this rustc has no runtime of the sanitizer “asan”; those of rustup have'
    setup asan
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

# The source of the standard library, where cargo looks for it
has_library_source() { any_file "$(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock"; }

# The compiler in use, if it has the source of its standard library, or else Debian's. To have both is
# no harm: the one of rustup stays the first in PATH elsewhere.
need_library_source() {
    has_library_source && return
    on_debian_12 ||
        die "sanitize: ThreadSanitizer needs the source of the standard library, to compile it, too.
It is a component of rustup: rustup component add rust-src"
    say 'this rustc has no source of its standard library: taking Debian’s'
    setup tsan
    PATH=/usr/bin:$PATH
    hash -r
    has_library_source || die 'sanitize: rust-web-src is of another version than rustc-web'
}

# Debian's rustc has no runtimes of the sanitizers; that of clang is the same. clang itself is not needed.
need_tsan() {
    local llvm runtime
    has_runtime tsan && return
    llvm=$(rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
    runtime=/usr/lib/llvm-$llvm/lib/clang/$llvm/lib/linux/libclang_rt.tsan-${rust_host%%-*}.a
    any_file "$runtime" ||
        die "sanitize: this rustc has no runtime of the sanitizer “tsan”. Those of rustup have, and so
has, for this one, the Debian package libclang-rt-$llvm-dev"
    # As clang links it: as a whole, before what is to call it, and visible to GLib.
    runtime_flags="-Zexternal-clangrt -Zpre-link-arg=-Wl,--whole-archive,$runtime,--no-whole-archive"
    runtime_flags+=",--dynamic-list=$runtime.syms"
}

# ThreadSanitizer: what has threads. Without a standard library that is instrumented, too, its locks
# and channels are out of sight, and all that they guard is called a race.
#
# These are the suites in which threads of their own, or those of GIO for names, TLS and streams, meet
# wsoup. In the others there is only the thread of each test, or it is memory that they measure.
sanitize_thread() {
    local suites=(connection cookies fairness first_use liveness pausing receiving reconnecting sending server
        server_shutdown server_sockets session session_auth session_certificate session_proxy
        session_redirect vanishing)
    need_library_source
    need_tsan
    # GLib has its locks from the kernel: it is left out. What is suppressed goes by names, which take
    # a program that finds them; binutils has it, and gcc needs those. Long histories are for the
    # first uses of classes, which other threads may meet much later.
    export TSAN_OPTIONS=ignore_noninstrumented_modules=1:halt_on_error=1:history_size=7
    TSAN_OPTIONS+=:external_symbolizer_path=$(command -v addr2line)
    TSAN_OPTIONS+=:suppressions=$PWD/tests/c/tsan.supp:print_suppressions=0
    # Otherwise GLib gives what one thread has freed to another without telling anybody.
    export G_SLICE=always-malloc
    say 'what has threads under ThreadSanitizer'
    with_sanitizer thread cargo -Zbuild-std test --locked --no-fail-fast -p wsoup \
        --lib "${suites[@]/#/--test=}"
    # In C, a context may change its thread.
    with_sanitizer thread cargo -Zbuild-std test --locked --no-fail-fast -p wsoup --features capi \
        --lib --test connection -- may_change_its_thread context_changes_the_thread
}

# valgrind's memcheck: the crate's suites and C's
sanitize_valgrind() {
    say 'the crate under valgrind'
    rust_host=$(rustc -vV | sed -n 's/^host: //p')
    local runner
    runner=CARGO_TARGET_$(tr a-z- A-Z_ <<<"$rust_host")_RUNNER
    # Time and memory are not what they are otherwise, so that what measures them is left out; and so is
    # what has to be done by a peer, or by a server, within seconds.
    local measuring=(time_for what_is_endless_takes_little_memory
        compressed_data_without_end_that_inflates_to_nothing_is_stopped_too)
    local hurrying=(restarts_in_order_lose_nothing what_was_sent_before_the_stop_still_gets_there
        half_open a_handler_sets_a_certificate_later_whatever_the_timeout)
    cargo build --locked -p wsoup --examples
    env "$runner=valgrind $(echo $valgrind_options)" WSOUP_TEST_DEADLINE=240 PROPTEST_CASES=8 \
        cargo test --locked --no-fail-fast -p wsoup --lib --tests \
        -- $(printf -- '--skip %s ' "${measuring[@]}" "${hurrying[@]}")
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
