# `./run demo` once everything is built: one server, five clients. Sourced by ./run.
#
# The server is the command-line tool, which is written in Rust against the public API. Each client
# is a program of examples/: it takes the address, says a few lines and ends with status 0.

examples=$build_dir/release/examples
rust=$CARGO_TARGET_DIR/release
log=$build_dir/demo-server.log
seconds=15

say 'the server'
"$rust/wsoup" serve examples/chat --port 0 >"$log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true' EXIT

deadline=$((SECONDS + seconds))
until page=$(sed -n 's/.*listening on \(http:[^ ]*\).*/\1/p' "$log" | head -n 1) && [ -n "$page" ]; do
    kill -0 $server 2>/dev/null || { cat "$log" >&2; die 'the server ended before it listened'; }
    [ $SECONDS -lt $deadline ] || { cat "$log" >&2; die "the server did not listen within $seconds seconds"; }
    sleep 0.1
done
cat "$log"
uri=ws${page#http}
uri=${uri%/}/echo

# client LANGUAGE SOURCE COMMAND...: shows one client, which must end well
client() {
    local language=$1 source=$2
    shift 2
    say "$language ($source)"
    timeout $seconds "$@" "$uri" || die "the $language client failed (status $?)"
}

client C examples/c/echo-client.c "$examples/c/echo-client"
client Python examples/python/echo_client.py "$python" examples/python/echo_client.py
client GJS examples/gjs/echo-client.js gjs -m examples/gjs/echo-client.js
client Vala examples/vala/echo-client.vala "$examples/vala/echo-client"
client Rust examples/rust/echo_client.rs "$rust/examples/echo_client"

say 'five languages talked to one server'
echo 'Next, the chat room: ./run chat, then open http://127.0.0.1:8080/ in two browser windows.'
