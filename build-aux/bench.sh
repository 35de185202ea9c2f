# The benchmarks: what `./run bench` does. Sourced by ./run.
#
# The programs are in _build/bench (bin/, node/) and cargo's folder; results.json and report.md are
# there too. Deleting it is always safe.

bench_dir=$build_dir/bench

# compile PROGRAM SOURCE COMPILER ARGUMENT...: unless the program is newer than its source
compile() {
    local program=$bench_dir/bin/$1 source=bench/servers/c/$2
    shift 2
    if [ "$source" -nt "$program" ] || [ include/wsoup/wsoup.h -nt "$program" ]; then
        "$1" -O2 -g -Wall -Wextra -Wno-unused-parameter -o "$program" "$source" "${@:2}"
    fi
}

# flags PACKAGE...: what compiling and linking a program needs
flags() { pkg-config --cflags --libs "$@"; }

# programs_of_wsoup FOLDER: with the library that is built in that folder
programs_of_wsoup() {
    local folder=$1 program
    mkdir -p "$bench_dir/bin"
    # Where the library lies is written into the program.
    [ "$(cat "$bench_dir/library.txt" 2>/dev/null)" = "$folder" ] || rm -f "$bench_dir"/bin/wsoup-*
    echo "$folder" >"$bench_dir/library.txt"
    # shellcheck disable=SC2046 # one argument a flag
    for program in echo client; do
        compile "wsoup-$program" "$program.c" gcc -Iinclude/wsoup-soup -Wl,-rpath,"$folder" \
            $(PKG_CONFIG_PATH=$folder/meson-uninstalled flags wsoup-soup-1.0 gio-unix-2.0)
    done
    # shellcheck disable=SC2046
    compile floor floor.c gcc $(flags gio-2.0)
    compile allocations.so allocations.c gcc -shared -fPIC
}

programs_of_others() {
    local program version
    # shellcheck disable=SC2046
    for program in echo client; do
        compile "libsoup-$program" "$program.c" gcc $(flags libsoup-3.0)
    done
    # shellcheck disable=SC2046
    compile libwebsockets libwebsockets.c gcc $(flags libwebsockets)
    compile beast beast.cpp g++ -std=c++17 -pthread
    version=$(cat bench/servers/node/version.txt)
    if [ "$(cat "$bench_dir/node/installed.txt" 2>/dev/null)" != "$version" ]; then
        mkdir -p "$bench_dir/node"
        npm --prefix "$bench_dir/node" install --no-save --no-package-lock --no-audit --no-fund \
            --loglevel=error "ws@$version"
        echo "$version" >"$bench_dir/node/installed.txt"
    fi
}

# bench ARGUMENT...: with all programs; with --check, only with what is quickly built and needs nothing
# but what the tests need
bench() {
    local profile=release argument
    for argument; do
        [ "$argument" != --check ] || profile=debug
    done
    if [ $profile = debug ]; then
        configure debug enabled
        meson compile -C "$build_dir/debug"
        cargo test --quiet --locked --manifest-path bench/Cargo.toml -p wsoup-bench-load
        cargo build --locked --manifest-path bench/Cargo.toml -p wsoup-bench-load
        cargo build --locked -p wsoup-bench-rust
        programs_of_wsoup "$build_dir/debug"
    else
        library
        say 'building the programs that are compared'
        cargo build --locked --release --manifest-path bench/Cargo.toml
        cargo build --locked --release -p wsoup-bench-rust
        programs_of_wsoup "$build_dir/release"
        programs_of_others
    fi
    say 'measuring'
    "$python" bench/suite.py --rust "$CARGO_TARGET_DIR/$profile" --system-python "$python" \
        --venv-python .venv/bin/python3 "$bench_dir" "$@"
}
