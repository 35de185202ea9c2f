/* Documentation of WsoupServerMessage that has no place in the header: the class, its properties and
 * its signals. Read by g-ir-scanner, never compiled. */

/**
 * WsoupServerMessage:
 *
 * A request that a [class@Server] received, and the response to it.
 *
 * The server makes one for each request, and gives it to the handlers. A handler reads the request,
 * and puts the response into the message; when it returns, the response is sent.
 *
 * ```c
 * static void
 * on_status (WsoupServer        *server,
 *            WsoupServerMessage *msg,
 *            const char         *path,
 *            GHashTable         *query,
 *            gpointer            user_data)
 * {
 *   wsoup_server_message_set_status (msg, WSOUP_STATUS_OK, NULL);
 *   wsoup_server_message_set_response (msg, "text/plain", WSOUP_MEMORY_STATIC, "well\n", 5);
 * }
 * ```
 *
 * ## Answering later
 *
 * A handler that needs time calls [method@ServerMessage.pause], takes a reference, and returns. When
 * the response is ready, [method@ServerMessage.unpause] has it sent.
 */

/**
 * WsoupServerMessage:tls-peer-certificate: (getter get_tls_peer_certificate)
 *
 * The TLS certificate that the client showed, %NULL if there is none.
 *
 * Clients are asked for one if [property@Server:tls-auth-mode] says so.
 */

/**
 * WsoupServerMessage:tls-peer-certificate-errors: (getter get_tls_peer_certificate_errors)
 *
 * What is wrong with [property@ServerMessage:tls-peer-certificate].
 */

/**
 * WsoupServerMessage::connected:
 * @msg: the message
 *
 * Emitted when the connection is made, including TLS.
 */

/**
 * WsoupServerMessage::accept-certificate:
 * @msg: the message
 * @tls_peer_certificate: the certificate of the client
 * @tls_peer_errors: what is wrong with it, if anything
 *
 * Emitted in the TLS handshake if the client shows a certificate, also if that has no errors.
 *
 * If there are handlers, one of them has to accept the certificate. Without any, it is accepted if it was
 * checked against [property@Server:tls-database] and has no errors.
 *
 * Connect to it in a handler of [signal@Server::request-started].
 *
 * Returns: %TRUE to accept the certificate, whatever its errors are, %FALSE to let the next handler
 *   decide
 */

/**
 * WsoupServerMessage::got-headers:
 * @msg: the message
 *
 * Emitted when the headers of the request have arrived.
 */

/**
 * WsoupServerMessage::got-body:
 * @msg: the message
 *
 * Emitted when the body of the request has arrived, too.
 */

/**
 * WsoupServerMessage::wrote-headers:
 * @msg: the message
 *
 * Emitted when the headers of the response were sent.
 */

/**
 * WsoupServerMessage::wrote-body:
 * @msg: the message
 *
 * Emitted when the body of the response was sent, too.
 */

/**
 * WsoupServerMessage::finished:
 * @msg: the message
 *
 * Emitted when the response was sent, or cannot be sent any more.
 */

/**
 * WsoupServerMessage::disconnected:
 * @msg: the message
 *
 * Emitted when the connection is closed.
 */
