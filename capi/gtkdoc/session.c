/* Documentation of WsoupSession that has no place in the header: the class, its properties and its
 * signals. Read by g-ir-scanner, never compiled. */

/**
 * WsoupSession:
 *
 * Opens WebSocket connections.
 *
 * A session holds what connections have in common, such as the proxy, the trusted certificates and
 * the timeout, and opens them with [method@Session.websocket_connect_async]. One is enough for a
 * program; it can be used for any number of connections, also at once.
 *
 * ```c
 * static void
 * on_connected (GObject      *source,
 *               GAsyncResult *result,
 *               gpointer      user_data)
 * {
 *   g_autoptr (GError) error = NULL;
 *   WsoupWebsocketConnection *connection =
 *     wsoup_session_websocket_connect_finish (WSOUP_SESSION (source), result, &error);
 *
 *   if (connection == NULL)
 *     g_printerr ("%s\n", error->message);
 *   else
 *     wsoup_websocket_connection_send_text (connection, "hello");
 * }
 *
 * int
 * main (void)
 * {
 *   g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
 *   g_autoptr (WsoupSession) session = wsoup_session_new ();
 *   g_autoptr (WsoupMessage) msg = wsoup_message_new ("GET", "ws://localhost:8080/echo");
 *
 *   wsoup_session_websocket_connect_async (session, msg, NULL, NULL, G_PRIORITY_DEFAULT, NULL,
 *                                          on_connected, NULL);
 *   g_main_loop_run (loop);
 *   return 0;
 * }
 * ```
 *
 * An operation runs in the thread-default [struct@GLib.MainContext] in which it was started, and the
 * connection belongs to that context. The operation keeps the session alive; an open connection does
 * not need it.
 */

/**
 * WsoupSession:local-address: (getter get_local_address)
 *
 * The address that connections are made from, or %NULL to let the system choose.
 *
 * It is for machines with several addresses. A port of 0 is any that is free.
 */

/**
 * WsoupSession:remote-connectable: (getter get_remote_connectable)
 *
 * What to connect to instead of the host of the URI, or %NULL.
 *
 * A [class@Gio.UnixSocketAddress] makes the session connect to a Unix socket, for instance. The
 * request still names the host of the URI, and with TLS the certificate has to fit that.
 */

/**
 * WsoupSession:proxy-resolver: (getter get_proxy_resolver) (setter set_proxy_resolver)
 *
 * What tells which proxy to use for a URI; %NULL uses none.
 *
 * Unless set, it is that of the desktop or the environment ([func@Gio.ProxyResolver.get_default]).
 *
 * Proxies speak HTTP (`http`, or `https` with TLS to the proxy) or SOCKS. HTTP proxies are asked for a
 * tunnel, also for `ws`. User and password in the URI of a proxy are sent to it; if it wants others,
 * there is [signal@Message::authenticate]. When a proxy refuses, the operation fails with
 * %G_IO_ERROR_PROXY_FAILED, %G_IO_ERROR_PROXY_NEED_AUTH, %G_IO_ERROR_PROXY_AUTH_FAILED or
 * %G_IO_ERROR_PROXY_NOT_ALLOWED, and the message has the status and the headers of its answer.
 */

/**
 * WsoupSession:timeout: (getter get_timeout) (setter set_timeout)
 *
 * The time that each step of connecting may take, in seconds: the connection to the server, the TLS
 * handshake, the answer to the request. 0, the default, waits as long as the system does.
 *
 * When it has passed, the operation fails with %G_IO_ERROR_TIMED_OUT. It does not run while the
 * program, or its user, is asked for a password or a certificate. Once a connection is open, the
 * timeout has no effect on it; see [property@WebsocketConnection:keepalive-pong-timeout].
 */

/**
 * WsoupSession:tls-database: (getter get_tls_database) (setter set_tls_database)
 *
 * The certificates that are trusted; %NULL trusts none.
 *
 * Unless set, they are those of the system. A server whose certificate is not signed by one of them
 * is refused with %G_TLS_ERROR_BAD_CERTIFICATE, unless a handler of
 * [signal@Message::accept-certificate] accepts it.
 */

/**
 * WsoupSession:tls-interaction: (getter get_tls_interaction) (setter set_tls_interaction)
 *
 * What asks the user for a certificate or its password, when a server wants one; %NULL asks nobody.
 *
 * The message is asked first: see [signal@Message::request-certificate] and
 * [signal@Message::request-certificate-password].
 */

/**
 * WsoupSession:user-agent: (getter get_user_agent) (setter set_user_agent)
 *
 * What is sent as `User-Agent`; %NULL, the default, sends none.
 *
 * It names the program, such as `example/1.0`. If it ends with a space, or is empty, the name and
 * the version of this library are added.
 */

/**
 * WsoupSession::request-queued:
 * @session: the session
 * @msg: the message
 *
 * Emitted when a request begins, before anything is sent: the last moment to add headers.
 */

/**
 * WsoupSession::request-unqueued:
 * @session: the session
 * @msg: the message
 *
 * Emitted when a request has ended: the connection is open, or the operation has failed.
 */
