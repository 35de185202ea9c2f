/* Documentation of WsoupServer that has no place in the header: the class, its properties and its
 * signals. Read by g-ir-scanner, never compiled. */

/**
 * WsoupServer:
 *
 * Accepts WebSocket connections, and answers plain HTTP requests beside them.
 *
 * Handlers say what happens with the requests to a path; `listen` and its sisters say where requests
 * come from.
 *
 * ```c
 * static void
 * on_message (WsoupWebsocketConnection *connection,
 *             int                       type,
 *             GBytes                   *message,
 *             gpointer                  user_data)
 * {
 *   wsoup_websocket_connection_send_message (connection, type, message);
 * }
 *
 * static void
 * on_connection (WsoupServer              *server,
 *                WsoupServerMessage       *msg,
 *                const char               *path,
 *                WsoupWebsocketConnection *connection,
 *                gpointer                  user_data)
 * {
 *   g_signal_connect (connection, "message", G_CALLBACK (on_message), NULL);
 * }
 *
 * int
 * main (void)
 * {
 *   g_autoptr (GError) error = NULL;
 *   g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
 *   g_autoptr (WsoupServer) server = wsoup_server_new (NULL, NULL);
 *
 *   wsoup_server_add_websocket_handler (server, "/echo", NULL, NULL, on_connection, NULL, NULL);
 *   if (!wsoup_server_listen_local (server, 8080, 0, &error))
 *     {
 *       g_printerr ("%s\n", error->message);
 *       return 1;
 *     }
 *   g_main_loop_run (loop);
 *   return 0;
 * }
 * ```
 *
 * ## Requests
 *
 * A request that fits no handler is answered with %WSOUP_STATUS_NOT_FOUND. One that is malformed is
 * refused, as is one whose head or body is too long, and a client that does not finish its request
 * in time is disconnected.
 *
 * A request for a path that has a WebSocket handler and a plain one goes to the former if it is a
 * WebSocket handshake.
 *
 * ## TLS
 *
 * Set a [property@Server:tls-certificate] and pass %WSOUP_SERVER_LISTEN_HTTPS when listening. The
 * same server can listen without TLS elsewhere.
 *
 * ## Strangers
 *
 * What a client may take is bounded by [property@Server:handshake-timeout],
 * [property@Server:max-header-size] and [property@Server:max-body-size], and if they are set, by
 * [property@Server:max-connections] and [property@Server:max-connections-per-address].
 *
 * ## Contexts and lifetime
 *
 * The server accepts connections in the thread-default [struct@GLib.MainContext] in which it was
 * told to listen; its handlers and signals run there. It stops listening when its last reference is
 * dropped, or with [method@Server.disconnect]. WebSocket connections that it has accepted live on.
 * [method@Server.shutdown_async] ends all of them in order.
 */

/**
 * WsoupServer:max-connections: (getter get_max_connections) (setter set_max_connections)
 *
 * How many connections there may be at once, WebSockets and those of HTTP requests together; 0, the
 * default, for no limit.
 *
 * Further clients wait in the queue of the system until one of the others has gone: none is refused.
 * In any case the server leaves some of the file descriptors of the process to others, and lets
 * clients wait when it comes to these. Connections that were stolen
 * ([method@ServerMessage.steal_connection]) do not count.
 */

/**
 * WsoupServer:max-connections-per-address: (getter get_max_connections_per_address) (setter set_max_connections_per_address)
 *
 * How many connections there may be at once with one IPv4 address, or one network of IPv6 with 64
 * bits, which is what one client has; 0, the default, for no limit.
 *
 * There is no limit by default because many may share an address: all clients have that of a proxy
 * in front of the server. Further connections are closed at once, those without TLS after an answer
 * with the status 429 (RFC 6585). Connections without an IP address, as those of Unix sockets, do not
 * count.
 */

/**
 * WsoupServer:handshake-timeout: (getter get_handshake_timeout) (setter set_handshake_timeout)
 *
 * How many seconds a client has, from the moment in which its connection is accepted, until the head
 * of its first request is there, the TLS handshake included; and for the head of each further request
 * once it has begun. 0 is for as long as it likes.
 *
 * The default is 30: enough for the slowest network, and a client that sends a byte now and then costs
 * no more than that.
 */

/**
 * WsoupServer:max-header-size: (getter get_max_header_size) (setter set_max_header_size)
 *
 * How many bytes the head of a request may have, with the request line; 0 for no limit. There may be
 * 128 headers.
 *
 * The default is 65536: big cookies and tokens fit. Longer ones are answered with
 * the status 431 (RFC 6585).
 */

/**
 * WsoupServer:max-body-size: (getter get_max_body_size) (setter set_max_body_size)
 *
 * How many bytes the body of a request may have; 0 for no limit.
 *
 * The default is 1048576, because bodies are kept in memory until they are complete. Longer ones are
 * answered with %WSOUP_STATUS_REQUEST_ENTITY_TOO_LARGE. WebSocket messages have limits of their own:
 * [property@WebsocketConnection:max-total-message-size].
 */

/**
 * WsoupServer:max-message-rate: (getter get_max_message_rate) (setter set_max_message_rate)
 *
 * How many messages each client may send a second; 0, the default, for any number.
 *
 * It is the [property@WebsocketConnection:max-message-rate] of connections that are accepted from then
 * on.
 */

/**
 * WsoupServer:max-buffered-amount: (getter get_max_buffered_amount) (setter set_max_buffered_amount)
 *
 * How many bytes of messages may wait to be sent to each client; 0, the default, for any number.
 *
 * It is the [property@WebsocketConnection:max-buffered-amount] of connections that are accepted from then
 * on.
 */

/**
 * WsoupServer:max-total-buffered-amount: (getter get_max_total_buffered_amount) (setter set_max_total_buffered_amount)
 *
 * How many bytes of messages may wait to be sent to all clients together; 0, the default, for any number.
 *
 * A message that is more is treated as one that exceeds the
 * [property@WebsocketConnection:max-buffered-amount] of its connection, as that one's
 * [property@WebsocketConnection:overflow-policy] has it. It holds for connections that were accepted
 * while there was such a bound.
 */

/**
 * WsoupServer:n-connections: (getter get_n_connections)
 *
 * How many WebSocket connections are not closed: those of [method@Server.get_connections].
 *
 * A new one is there, and counts, when its handler is called; this is notified after the handler.
 */

/**
 * WsoupServer:raw-paths:
 *
 * Whether the paths that handlers get are those of the requests as they were sent, with their
 * `%`-escapes, instead of decoded.
 *
 * A path that is decoded cannot tell a `/` that was escaped from one that was not.
 * Unless this is set, requests are answered with %WSOUP_STATUS_BAD_REQUEST whose path is no UTF-8 when
 * it is decoded, or in which that brings a `..` to light.
 */

/**
 * WsoupServer:server-header:
 *
 * What is sent as `Server`; %NULL, the default, sends none.
 *
 * If it ends with a space, or is empty, the name and the version of this library are added.
 */

/**
 * WsoupServer:tls-certificate: (getter get_tls_certificate) (setter set_tls_certificate)
 *
 * The certificate that the server shows, with its private key.
 *
 * A new one holds for the connections that are accepted from then on.
 */

/**
 * WsoupServer:tls-database: (getter get_tls_database) (setter set_tls_database)
 *
 * The certificates that those of clients are checked against, if
 * [property@Server:tls-auth-mode] asks for any.
 *
 * GIO does not look at what a certificate is for: one that was signed for a server is as good. Trust an
 * authority that signs those of clients alone, or look at them in a handler of
 * [signal@ServerMessage::accept-certificate].
 */

/**
 * WsoupServer:tls-auth-mode: (getter get_tls_auth_mode) (setter set_tls_auth_mode)
 *
 * Whether clients are asked for a certificate, and whether they must have one.
 *
 * A certificate is accepted if it stands the check against [property@Server:tls-database], unless there
 * are handlers of [signal@ServerMessage::accept-certificate]: then it is theirs to decide.
 */

/**
 * WsoupServer::request-started:
 * @server: the server
 * @message: the message
 *
 * Emitted when a request begins; nothing of it has been read yet.
 *
 * One of [signal@Server::request-finished] and [signal@Server::request-aborted] follows.
 */

/**
 * WsoupServer::request-read:
 * @server: the server
 * @message: the message
 *
 * Emitted when a request has been read, before its handler is called.
 */

/**
 * WsoupServer::request-finished:
 * @server: the server
 * @message: the message
 *
 * Emitted when the answer to a request has been written.
 */

/**
 * WsoupServer::request-aborted:
 * @server: the server
 * @message: the message
 *
 * Emitted when a request has ended without an answer: it could not be read, or the client has gone.
 */
