/* Documentation of WsoupWebsocketConnection that has no place in the header: the class, its
 * properties and its signals. Read by g-ir-scanner, never compiled. */

/**
 * WsoupWebsocketConnection:
 *
 * A WebSocket.
 *
 * A client gets a connection from [method@Session.websocket_connect_async], a server's handler is
 * given one ([method@Server.add_websocket_handler]). From there on both sides are alike: they send
 * messages and receive them with [signal@WebsocketConnection::message], until one of them closes the
 * connection.
 *
 * ```c
 * static void
 * on_message (WsoupWebsocketConnection *connection,
 *             int                       type,
 *             GBytes                   *message,
 *             gpointer                  user_data)
 * {
 *   if (type == WSOUP_WEBSOCKET_DATA_TEXT)
 *     g_print ("%s\n", (const char *) g_bytes_get_data (message, NULL));
 *   wsoup_websocket_connection_close (connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
 * }
 *
 * static void
 * talk (WsoupWebsocketConnection *connection)
 * {
 *   g_signal_connect (connection, "message", G_CALLBACK (on_message), NULL);
 *   wsoup_websocket_connection_send_text (connection, "hello");
 * }
 * ```
 *
 * ## Threads and contexts
 *
 * A connection belongs to the thread-default [struct@GLib.MainContext] in which it was created. All
 * its signals are emitted there, and it is to be used there. It reads and writes while that context
 * runs.
 *
 * Messages may be sent in any thread that holds a reference: by [method@WebsocketConnection.send_text],
 * [method@WebsocketConnection.send_binary], [method@WebsocketConnection.send_message] and those with
 * `try_` before their names. Those of one thread arrive in the order in which they were sent. The last
 * reference has to be dropped in the context, or when nobody runs it any more.
 *
 * ## Flow control
 *
 * Sending never blocks: what the peer does not take waits.
 * [property@WebsocketConnection:max-buffered-amount] bounds how much; with
 * [property@WebsocketConnection:high-water-mark], [signal@WebsocketConnection::congested] and
 * [signal@WebsocketConnection::drained] tell when to stop and when to go on; and
 * [method@WebsocketConnection.send_message_async] tells when a message was written. To receive at one's
 * own pace there are [method@WebsocketConnection.receive_async] and
 * [method@WebsocketConnection.pause]. Messages that are too big for the memory are sent by
 * [method@WebsocketConnection.send_stream_async] and received by
 * [method@WebsocketConnection.receive_stream_async].
 *
 * ## Lifetime
 *
 * A client's connection ends when its last reference is dropped, without a close handshake: the peer
 * sees the stream end. A [class@Server] keeps the connections of its handlers until they are closed;
 * no reference is needed to keep one open.
 *
 * ## Signals
 *
 * In the life of a connection, [signal@WebsocketConnection::message] and
 * [signal@WebsocketConnection::pong] may be emitted any number of times, then
 * [signal@WebsocketConnection::error] if something went wrong, then once
 * [signal@WebsocketConnection::closing] if a close frame was sent or received, and last and once
 * [signal@WebsocketConnection::closed]. Nothing is emitted after that. A handler may do anything:
 * send, close, drop the last reference, run the context.
 *
 * ## Memory
 *
 * A peer cannot make a connection hold more than
 * [property@WebsocketConnection:max-incoming-payload-size] and
 * [property@WebsocketConnection:max-total-message-size] allow.
 */

/**
 * WsoupWebsocketConnection:io-stream: (getter get_io_stream)
 *
 * The stream that the connection speaks over.
 *
 * It is for looking at, such as for the address of the peer: what is read from it or written to it
 * is lost for the connection, or ends it.
 */

/**
 * WsoupWebsocketConnection:connection-type: (getter get_connection_type)
 *
 * Which side of the connection this is.
 */

/**
 * WsoupWebsocketConnection:uri: (getter get_uri)
 *
 * The URI of the connection: what the client connected to.
 */

/**
 * WsoupWebsocketConnection:origin: (getter get_origin)
 *
 * The `Origin` that the client gave in the handshake, or %NULL.
 *
 * Browsers send the scheme, host and port of the page that connects (RFC 6454 §7).
 */

/**
 * WsoupWebsocketConnection:protocol: (getter get_protocol)
 *
 * The subprotocol that the handshake agreed on (RFC 6455 §1.9), or %NULL if there is none.
 */

/**
 * WsoupWebsocketConnection:extensions: (getter get_extensions)
 *
 * The extensions that the handshake agreed on, as a [struct@GLib.List] of
 * [class@WebsocketExtension]s.
 *
 * Messages go out through them in this order, and come in through them in the reverse order. When
 * set, at construction, the list and its references are given away.
 */

/**
 * WsoupWebsocketConnection:state: (getter get_state)
 *
 * The state of the connection.
 *
 * It begins as %WSOUP_WEBSOCKET_STATE_OPEN and only goes forward. `notify::state` is emitted before
 * the signal that belongs to the new state.
 */

/**
 * WsoupWebsocketConnection:max-incoming-payload-size: (getter get_max_incoming_payload_size) (setter set_max_incoming_payload_size)
 *
 * The greatest payload that a frame may have, in bytes; 0 if there is no limit.
 *
 * A frame that announces more ends the connection with %WSOUP_WEBSOCKET_CLOSE_TOO_BIG as soon as its
 * header has arrived. A message can be longer if its sender fragments it; see
 * [property@WebsocketConnection:max-total-message-size]. What is sent is not limited. A new value
 * holds from the next frame on.
 */

/**
 * WsoupWebsocketConnection:max-total-message-size: (getter get_max_total_message_size) (setter set_max_total_message_size)
 *
 * The greatest message that is accepted, in bytes, with all its fragments and after decompression; 0
 * if there is no limit.
 *
 * By default this is 128 KiB on the server's side, and there is no limit on the client's. A message
 * that exceeds it ends the connection with %WSOUP_WEBSOCKET_CLOSE_TOO_BIG; no more than the limit is
 * kept in memory before that.
 */

/**
 * WsoupWebsocketConnection:keepalive-interval: (getter get_keepalive_interval) (setter set_keepalive_interval)
 *
 * The time between pings (RFC 6455 §5.5.2), in seconds; 0 sends none, which is the default.
 *
 * Pings keep proxies and routers from forgetting a connection on which nothing is said. Each is
 * answered with a pong, which [signal@WebsocketConnection::pong] tells of; to close connections
 * whose peer has gone, set [property@WebsocketConnection:keepalive-pong-timeout], too.
 */

/**
 * WsoupWebsocketConnection:keepalive-pong-timeout: (getter get_keepalive_pong_timeout) (setter set_keepalive_pong_timeout)
 *
 * The time in which the peer must answer a ping, in seconds; 0 lets it take as long as it likes,
 * which is the default.
 *
 * If no pong has come by then, the peer is taken for gone: [signal@WebsocketConnection::error] is
 * emitted and the connection closes. Without a
 * [property@WebsocketConnection:keepalive-interval] no pings are sent and this has no effect.
 */

/**
 * WsoupWebsocketConnection:idle-timeout: (getter get_idle_timeout) (setter set_idle_timeout)
 *
 * How long the peer may send nothing at all, in seconds; 0, the default, for ever.
 *
 * Pongs count as something, so with a [property@WebsocketConnection:keepalive-interval] that is shorter
 * only a peer that is gone is silent for so long. Then [signal@WebsocketConnection::error] is emitted, and
 * the connection is closed with %WSOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION.
 */

/**
 * WsoupWebsocketConnection:close-timeout: (getter get_close_timeout) (setter set_close_timeout)
 *
 * How long the peer has for its part of closing, in seconds; 0 for ever. 5 by default.
 *
 * It counts from the beginning or, while what was sent before is still being written, from the last byte
 * that was taken.
 */

/**
 * WsoupWebsocketConnection:latency: (getter get_latency)
 *
 * How long the peer took to answer the last keepalive ping that it has answered, in microseconds from when
 * that was written; -1 as long as there was none.
 *
 * See [property@WebsocketConnection:keepalive-interval].
 */

/**
 * WsoupWebsocketConnection:close-code:
 *
 * The code with which the peer has closed the connection, or 0: see
 * [method@WebsocketConnection.get_close_code].
 *
 * It is notified before [signal@WebsocketConnection::closing] if the peer began to close, and before
 * [signal@WebsocketConnection::closed] at the latest.
 */

/**
 * WsoupWebsocketConnection:close-reason:
 *
 * The reason that the peer gave for closing the connection, or %NULL: see
 * [method@WebsocketConnection.get_close_data].
 *
 * It is notified with [property@WebsocketConnection:close-code].
 */

/**
 * WsoupWebsocketConnection:closed-cleanly: (getter get_closed_cleanly)
 *
 * Whether the connection is closed and was so in order: both sides have sent a close frame
 * (RFC 6455 §7.1.4).
 *
 * It is notified before [signal@WebsocketConnection::closed].
 */

/**
 * WsoupWebsocketConnection:buffered-amount: (getter get_buffered_amount)
 *
 * How many bytes of messages were sent and have not been taken by the stream, as `bufferedAmount` of the
 * W3C's WebSocket.
 *
 * Compressed messages count as what they have become. Changes are not notified:
 * [signal@WebsocketConnection::congested] and [signal@WebsocketConnection::drained] tell of those that
 * matter.
 */

/**
 * WsoupWebsocketConnection:max-buffered-amount: (getter get_max_buffered_amount) (setter set_max_buffered_amount)
 *
 * How many bytes of messages may wait to be sent; 0, the default, for any number.
 *
 * What happens to a message that is too much is up to [property@WebsocketConnection:overflow-policy].
 */

/**
 * WsoupWebsocketConnection:overflow-policy: (getter get_overflow_policy) (setter set_overflow_policy)
 *
 * What happens to a message with which more than [property@WebsocketConnection:max-buffered-amount] would
 * wait to be sent: %WSOUP_WEBSOCKET_OVERFLOW_REFUSE by default.
 */

/**
 * WsoupWebsocketConnection:high-water-mark: (getter get_high_water_mark) (setter set_high_water_mark)
 *
 * The amount of buffered bytes at which [signal@WebsocketConnection::congested] is emitted; 0, the default,
 * for none.
 */

/**
 * WsoupWebsocketConnection:low-water-mark: (getter get_low_water_mark) (setter set_low_water_mark)
 *
 * The amount of buffered bytes at which, after [signal@WebsocketConnection::congested],
 * [signal@WebsocketConnection::drained] is emitted. 0 by default.
 */

/**
 * WsoupWebsocketConnection:max-message-rate: (getter get_max_message_rate) (setter set_max_message_rate)
 *
 * How many messages a second the peer may send; 0, the default, for any number.
 *
 * Those of one second may come at once. One more is an error, and closes the connection with
 * %WSOUP_WEBSOCKET_CLOSE_POLICY_VIOLATION.
 */

/**
 * WsoupWebsocketConnection:receive-buffer-size: (getter get_receive_buffer_size) (setter set_receive_buffer_size)
 *
 * How many bytes of messages are read that wait to be received, before the peer has to wait. 64 KiB by
 * default.
 *
 * Each message counts for 64 bytes more than it has. There can be one message more: it is read when there
 * is room for its first byte.
 */

/**
 * WsoupWebsocketConnection:paused: (getter get_paused)
 *
 * Whether messages wait because [method@WebsocketConnection.pause] was called.
 */

/**
 * WsoupWebsocketConnection::message:
 * @connection: the connection
 * @type: the type of the message, a [enum@WebsocketDataType]
 * @message: the message
 *
 * Emitted when a whole message has arrived.
 *
 * If @type is %WSOUP_WEBSOCKET_DATA_TEXT, @message is valid UTF-8; it may hold NULs. As a
 * convenience to C, a NUL follows the data of @message, which its size does not count.
 */

/**
 * WsoupWebsocketConnection::error:
 * @connection: the connection
 * @error: what went wrong
 *
 * Emitted when something went wrong that ends the connection.
 *
 * If it was the peer who broke a rule, @error is a [error@WebsocketError] whose code is the close
 * code that is sent to the peer; if it was the network, it is the error of the stream. The
 * connection is closed afterwards: there is nothing that a handler must do.
 */

/**
 * WsoupWebsocketConnection::closing:
 * @connection: the connection
 *
 * Emitted once, when the connection begins to close in order: a close frame was received, or is
 * about to be sent.
 *
 * Nothing can be sent from here on, but messages that the peer sent before it closed may still
 * arrive. It is not emitted when the stream ends without a close frame.
 */

/**
 * WsoupWebsocketConnection::closed:
 * @connection: the connection
 *
 * Emitted once, when the connection is over, however it ended.
 *
 * [method@WebsocketConnection.get_close_code] and [method@WebsocketConnection.get_close_data] tell
 * why. No other signal follows.
 */

/**
 * WsoupWebsocketConnection::pong:
 * @connection: the connection
 * @message: the payload of the pong, which can be empty
 *
 * Emitted when the peer sent a pong (RFC 6455 §5.5.3), in most cases the answer to a ping of
 * [property@WebsocketConnection:keepalive-interval].
 */

/**
 * WsoupWebsocketConnection::congested:
 * @connection: the connection
 *
 * [property@WebsocketConnection:buffered-amount] has reached
 * [property@WebsocketConnection:high-water-mark]: it is time to stop sending.
 *
 * It is emitted within the function that sends. The next one comes after
 * [signal@WebsocketConnection::drained].
 */

/**
 * WsoupWebsocketConnection::drained:
 * @connection: the connection
 *
 * After [signal@WebsocketConnection::congested],
 * [property@WebsocketConnection:buffered-amount] has fallen to
 * [property@WebsocketConnection:low-water-mark]: it is time to go on.
 */
