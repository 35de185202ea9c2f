/* Documentation of WsoupReconnectingClient that has no place in the header: the class, its properties
 * and its signals. Read by g-ir-scanner, never compiled. */

/**
 * WsoupReconnectingClient:
 *
 * Stays connected to a server: connects again when the connection ends, or none comes about.
 *
 * ```c
 * static void
 * on_message (WsoupReconnectingClient *client,
 *             int                      type,
 *             GBytes                  *message,
 *             gpointer                 user_data)
 * {
 *   g_print ("%s\n", (const char *) g_bytes_get_data (message, NULL));
 * }
 *
 * static void
 * on_failed (WsoupReconnectingClient *client,
 *            GError                  *error,
 *            GMainLoop               *loop)
 * {
 *   g_printerr ("%s\n", error->message);
 *   g_main_loop_quit (loop);
 * }
 *
 * int
 * main (void)
 * {
 *   g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
 *   g_autoptr (WsoupSession) session = wsoup_session_new ();
 *   g_autoptr (WsoupReconnectingClient) client =
 *     wsoup_reconnecting_client_new (session, "wss://example.org/chat", NULL, NULL);
 *
 *   g_signal_connect (client, "message", G_CALLBACK (on_message), NULL);
 *   g_signal_connect (client, "failed", G_CALLBACK (on_failed), loop);
 *   wsoup_reconnecting_client_start (client);
 *   wsoup_reconnecting_client_send_text (client, "hello", NULL);
 *   g_main_loop_run (loop);
 *   return 0;
 * }
 * ```
 *
 * Each failure is followed by another attempt, unless it is final: one that would only be repeated.
 * Final are refusals with a status (all but 408, 425, 429 and 5xx), servers that do not speak
 * WebSocket, certificates that are not trusted, violations of the protocol, and the close codes 1000,
 * 1002, 1003, 1007 to 1010, 3000 and 3003. Behind a network that wants its users to log in first,
 * nothing is that an attempt meets. Handlers of [signal@ReconnectingClient::attempt-failed] and
 * [signal@ReconnectingClient::disconnected] may decide otherwise.
 *
 * An attempt is delayed by a random time, from nothing up to a bound that grows with each failure (RFC
 * 6455 §7.2.3): from [property@ReconnectingClient:initial-delay], by
 * [property@ReconnectingClient:backoff-factor], to [property@ReconnectingClient:max-delay]. A
 * `Retry-After` of the server is waited for before that, up to an hour. When the network comes back, or
 * the machine wakes up, an attempt is made at once, and an open connection is asked whether it lives.
 *
 * The client belongs to the thread-default [struct@GLib.MainContext] in which it was created. When the
 * last reference to it is dropped, it ends, with its connection.
 *
 * Signals are emitted before the changes of properties that belong to them are notified, but getters
 * return the new values already. Handlers may do anything: stop the client, drop the last reference, run
 * the context.
 */

/**
 * WsoupReconnectingClient:session: (getter get_session)
 *
 * What opens the connections, with its proxy, its trusted certificates, its cookies.
 */

/**
 * WsoupReconnectingClient:uri: (getter get_uri)
 *
 * The URI that is connected to. The host's name is looked up anew for each attempt.
 *
 * To connect elsewhere, a handler of [signal@ReconnectingClient::prepare] sets the URI of the message.
 */

/**
 * WsoupReconnectingClient:origin: (getter get_origin)
 *
 * What is sent as `Origin`, or %NULL.
 */

/**
 * WsoupReconnectingClient:protocols: (getter get_protocols)
 *
 * The subprotocols that are offered, the preferred one first.
 */

/**
 * WsoupReconnectingClient:state: (getter get_state)
 *
 * What the client is doing.
 */

/**
 * WsoupReconnectingClient:connection: (getter get_connection)
 *
 * The connection, while there is one.
 *
 * It may be used as any other. If the program closes it, what the server answers decides whether the
 * client goes on, as for any close; [method@ReconnectingClient.stop] is what ends it.
 */

/**
 * WsoupReconnectingClient:attempts: (getter get_attempts)
 *
 * How many attempts have begun since the client was started, or last connected.
 */

/**
 * WsoupReconnectingClient:retry-at: (getter get_retry_at)
 *
 * When the next attempt is made, in the microseconds of [func@GLib.get_monotonic_time]; 0 if none is
 * waited for.
 */

/**
 * WsoupReconnectingClient:queued-amount: (getter get_queued_amount)
 *
 * The bytes of the messages that were accepted and that no socket has taken yet.
 */

/**
 * WsoupReconnectingClient:initial-delay: (getter get_initial_delay) (setter set_initial_delay)
 *
 * The bound on the delay after the first failure, in milliseconds.
 */

/**
 * WsoupReconnectingClient:max-delay: (getter get_max_delay) (setter set_max_delay)
 *
 * The bound on all delays, in milliseconds.
 *
 * While there is no network, as far as [iface@Gio.NetworkMonitor] knows, this is the delay; for servers
 * on this machine it is not asked.
 */

/**
 * WsoupReconnectingClient:backoff-factor: (getter get_backoff_factor) (setter set_backoff_factor)
 *
 * By what the bound on the delay is multiplied with each failure.
 */

/**
 * WsoupReconnectingClient:stable-time: (getter get_stable_time) (setter set_stable_time)
 *
 * How long a connection has to last for the delays to start anew, in milliseconds.
 */

/**
 * WsoupReconnectingClient:attempt-timeout: (getter get_attempt_timeout) (setter set_attempt_timeout)
 *
 * The time that an attempt may take, in seconds; 0 for no limit.
 *
 * It counts from when the message is prepared. [property@Session:timeout] is for each step of it.
 */

/**
 * WsoupReconnectingClient:keepalive-interval: (getter get_keepalive_interval) (setter set_keepalive_interval)
 *
 * The [property@WebsocketConnection:keepalive-interval] of each connection, in seconds.
 */

/**
 * WsoupReconnectingClient:keepalive-pong-timeout: (getter get_keepalive_pong_timeout) (setter set_keepalive_pong_timeout)
 *
 * The [property@WebsocketConnection:keepalive-pong-timeout] of each connection, in seconds.
 *
 * It is by keepalive pings that a connection is found to be dead on which nothing is sent, or whose
 * packets are lost.
 */

/**
 * WsoupReconnectingClient:offline-policy: (getter get_offline_policy) (setter set_offline_policy)
 *
 * What happens to messages that are sent while there is no connection.
 *
 * Those that were accepted are kept, whatever the policy is.
 */

/**
 * WsoupReconnectingClient:max-queued-amount: (getter get_max_queued_amount) (setter set_max_queued_amount)
 *
 * The most that messages may take that no socket has taken yet, in bytes.
 *
 * Each takes 64 bytes besides its own. A message for which there is no room is refused.
 */

/**
 * WsoupReconnectingClient::prepare:
 * @client: the client
 * @msg: the message of the attempt
 *
 * Emitted before each attempt, whose message is a new one: to set headers, such as a token.
 *
 * A handler that needs time for that returns %TRUE, and calls [method@ReconnectingClient.proceed] when
 * it is done. Other handlers are not called then.
 *
 * Returns: %TRUE to hold the attempt, %FALSE to let it go on
 */

/**
 * WsoupReconnectingClient::attempt-failed:
 * @client: the client
 * @msg: the message of the attempt, with the response if there was one
 * @error: why there is no connection, as from [method@Session.websocket_connect_finish]
 * @is_final: whether the client gives up because of it
 *
 * Emitted when an attempt did not lead to a connection.
 *
 * A handler that returns %TRUE has the client go on although the failure is final. To give up although
 * it is not, it calls [method@ReconnectingClient.stop].
 *
 * Returns: %TRUE to go on whatever the failure is, %FALSE to leave it to others
 */

/**
 * WsoupReconnectingClient::connected:
 * @client: the client
 * @connection: the connection
 *
 * Emitted when there is a connection, before anything is sent or received.
 *
 * What a handler sends on @connection itself comes before the messages that are queued.
 */

/**
 * WsoupReconnectingClient::message:
 * @client: the client
 * @type: the type of the message, a [enum@WebsocketDataType]
 * @message: the message
 *
 * Emitted with each message that arrives, on whatever connection; see
 * [signal@WebsocketConnection::message].
 */

/**
 * WsoupReconnectingClient::disconnected:
 * @client: the client
 * @connection: the connection, which has the close code
 * @error: (nullable): what went wrong, or %NULL if it was closed, or just ended
 * @is_final: whether the client gives up, or was stopped
 *
 * Emitted when a connection has ended.
 *
 * A handler that returns %TRUE has the client go on although the end is final, but not if it was
 * stopped.
 *
 * Returns: %TRUE to go on whatever the end is, %FALSE to leave it to others
 */

/**
 * WsoupReconnectingClient::failed:
 * @client: the client
 * @error: the failure that is final
 *
 * Emitted when the client has given up. [method@ReconnectingClient.start] has it try again.
 */
