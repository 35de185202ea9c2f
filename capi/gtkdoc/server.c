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
 * ## Contexts and lifetime
 *
 * The server accepts connections in the thread-default [struct@GLib.MainContext] in which it was
 * told to listen; its handlers and signals run there. It stops listening when its last reference is
 * dropped, or with [method@Server.disconnect]. WebSocket connections that it has accepted live on.
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
