# Runs the fuzz targets of fuzz/. Sourced by ./run.
#
# libFuzzer comes with the crate libfuzzer-sys and is compiled with it; all else is rustc's own, so
# that no tool has to be installed, nor another toolchain. What it takes of rustc are flags of LLVM,
# which stable compilers have, and the address sanitizer, which they have to be told to give.

fuzz_targets=$(sed -n 's/^    ("\(.*\)", .*),$/\1/p' fuzz/src/lib.rs)
fuzz_dir=$build_dir/fuzz

# fuzz_build: the programs, into $fuzz_bin
fuzz_build() {
    local sanitizer=-Zsanitizer=address
    local coverage='-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
        -Cllvm-args=-sanitizer-coverage-trace-compares'
    local host
    host=$(rustc -vV | sed -n 's/^host: //p')
    if ! any_file "$(rustc --print sysroot)/lib/rustlib/$host/lib/"librustc-*_rt.asan.a; then
        say 'this rustc has no address sanitizer: fuzzing without it'
        sanitizer=
    fi
    say 'building the fuzz targets'
    # The flags do not reach build scripts, because of --target. This one sets what cargo-fuzz does.
    # shellcheck disable=SC2086 # words
    RUSTC_BOOTSTRAP=1 RUSTFLAGS="--cfg fuzzing $sanitizer $(echo $coverage)" \
        CARGO_TARGET_DIR=$fuzz_dir/target \
        cargo build --locked -p wsoup-fuzz --profile fuzz --target "$host" \
        $(printf -- '--bin %s ' $fuzz_targets)
    fuzz_bin=$fuzz_dir/target/$host/fuzz
}

# fuzz_begin: what each target begins with, into $fuzz_dir/corpus
fuzz_begin() {
    local target
    cargo run --locked --quiet -p wsoup-fuzz --bin seeds -- "$fuzz_dir/corpus"
    for target in $fuzz_targets; do
        mkdir -p "$fuzz_dir/findings/$target" "$fuzz_dir/logs"
        cp -f fuzz/corpus/"$target"/* "$fuzz_dir/corpus/$target/"
    done
}

# fuzz_one TARGET SECONDS JOBS: one target, by that many processes on one corpus, and what time of
# processors that took, which is less than asked for on a busy machine
fuzz_one() {
    local target=$1 seconds=$2 jobs=$3 job log pids=() before
    times >"$fuzz_dir/times"
    before=$(fuzz_cpu)
    for ((job = 1; job <= jobs; job++)); do
        log=$fuzz_dir/logs/$target-$job.log
        "$fuzz_bin/$target" -max_total_time="$seconds" -timeout=60 -report_slow_units=60 \
            -rss_limit_mb=2048 -reload=5 -print_final_stats=1 -artifact_prefix="$fuzz_dir/findings/$target/" \
            "$fuzz_dir/corpus/$target" >"$log" 2>&1 &
        pids+=($!)
    done
    # A finding ends its process, and is told below.
    for job in "${pids[@]}"; do wait "$job" || :; done
    times >"$fuzz_dir/times"
    echo "core-seconds: $(($(fuzz_cpu) - before))" >"$fuzz_dir/logs/$target-cpu.log"
}

# fuzz_cpu: the seconds of processor time of all that this shell had started, as `times` told
fuzz_cpu() {
    awk -F'[ ms]+' 'NR == 2 { printf "%d\n", $1 * 60 + $2 + $3 * 60 + $4 }' "$fuzz_dir/times"
}

# fuzz_report TARGET: a line of what came of it, and what to do with what was found
fuzz_report() {
    local target=$1 logs findings
    logs=("$fuzz_dir/logs/$target"-*.log)
    findings=("$fuzz_dir/findings/$target"/*)
    [ -e "${findings[0]}" ] || findings=()
    awk -v target="$target" -v findings="${#findings[@]}" '
        /^core-seconds: / { minutes = $2 / 60 }
        match($0, /^stat::number_of_executed_units: /) { executions += $2 }
        match($0, / cov: [0-9]+/) { cov = substr($0, RSTART + 6, RLENGTH - 6); if (cov > most) most = cov }
        END {
            printf "%-13s %5.1f core-minutes  %11d executions  %6d edges covered  %d findings\n",
                target, minutes, executions, most, findings
        }
    ' "${logs[@]}"
    [ ${#findings[@]} = 0 ] || printf '    %s\n' "${findings[@]}"
}

# fuzz MINUTES [TARGET...]: all targets, or these, one after the other, on all cores
fuzz() {
    local minutes=${1:-} target found=0
    case $minutes in '' | *[!0-9]*) die 'fuzz: for how many minutes?' ;; esac
    shift
    [ $# = 0 ] || fuzz_targets=$*
    for target in $fuzz_targets; do
        [ -d "fuzz/corpus/$target" ] || die "fuzz: unknown target: $target"
    done
    set -- $fuzz_targets
    fuzz_build
    fuzz_begin
    rm -f "$fuzz_dir"/logs/*
    for target; do
        say "fuzzing $target"
        fuzz_one "$target" $((minutes * 60 / $# + 1)) "$(nproc)"
    done
    say "what came of $minutes minutes on $(nproc) cores"
    for target; do
        fuzz_report "$target"
        ! ls "$fuzz_dir/findings/$target" | grep -q . || found=1
    done
    [ $found = 0 ] || {
        cat <<TEXT
To see a finding again:    cargo run -p wsoup-fuzz --bin TARGET FILE
To make it smaller:        $fuzz_bin/TARGET -minimize_crash=1 -max_total_time=60 FILE
To make it a test:         mv FILE fuzz/corpus/TARGET/what-is-wrong
                           cargo test -p wsoup-fuzz        (it fails until it is mended)
TEXT
        return 1
    }
}
