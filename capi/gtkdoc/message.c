/* Documentation of WsoupMessage that has no place in the header: the class, its properties and its
 * signals. Read by g-ir-scanner, never compiled. */

/**
 * WsoupMessage:
 *
 * The handshake of a client: an HTTP request, and the response to it.
 *
 * A message says what [method@Session.websocket_connect_async] connects to, and takes what is to be
 * sent along. Afterwards it holds what the server answered, also and particularly when it refused.
 * A message is for one handshake.
 *
 * ```c
 * g_autoptr (WsoupMessage) msg = wsoup_message_new ("GET", "wss://example.org/chat");
 *
 * wsoup_message_headers_append (wsoup_message_get_request_headers (msg),
 *                               "Authorization", "Bearer sesame");
 * ```
 *
 * ## Signals
 *
 * A message emits [signal@Message::starting], [signal@Message::network-event] for each step of
 * connecting, [signal@Message::wrote-headers], [signal@Message::got-headers],
 * [signal@Message::got-body], and last, in any case, [signal@Message::finished]. If the request is
 * sent again, there is [signal@Message::restarted] in between, and all of this anew. They are
 * emitted in the thread-default [struct@GLib.MainContext] in which the session was asked to connect.
 *
 * ## Redirects
 *
 * Up to 20 redirects are followed, unless there is %WSOUP_MESSAGE_NO_REDIRECT. What is for one
 * origin (scheme, host and port) does not go to another: the headers `Authorization` and `Cookie`,
 * user and password of the URI, and the certificate of the client. A redirect from TLS to a
 * connection without is not followed. What is not followed is a refusal like any other.
 *
 * A server whose TLS certificate is not trusted is refused, unless a handler of
 * [signal@Message::accept-certificate] decides otherwise.
 */

/**
 * WsoupMessage:method: (getter get_method) (setter set_method)
 *
 * The method of the request. WebSocket connections are made with `GET`.
 */

/**
 * WsoupMessage:uri: (getter get_uri) (setter set_uri)
 *
 * The URI of the request: that of the last redirect, if there was one.
 */

/**
 * WsoupMessage:flags: (getter get_flags) (setter set_flags)
 *
 * How the message is to be treated.
 */

/**
 * WsoupMessage:http-version: (getter get_http_version)
 *
 * The version of HTTP: the lower one of those of request and response.
 */

/**
 * WsoupMessage:status-code:
 *
 * The status code of the response, 0 before there is one. It may be one that [enum@Status] has no
 * name for.
 */

/**
 * WsoupMessage:reason-phrase: (getter get_reason_phrase)
 *
 * The words that the server sent with the status code, %NULL before there is a response. They are
 * for logs, not for users.
 */

/**
 * WsoupMessage:request-headers: (getter get_request_headers)
 *
 * The headers of the request.
 */

/**
 * WsoupMessage:response-headers: (getter get_response_headers)
 *
 * The headers of the response.
 */

/**
 * WsoupMessage:remote-address: (getter get_remote_address)
 *
 * The address of the server, or that of the proxy; %NULL before there is a connection.
 */

/**
 * WsoupMessage:tls-peer-certificate: (getter get_tls_peer_certificate)
 *
 * The TLS certificate of the server, %NULL if the connection uses no TLS.
 */

/**
 * WsoupMessage:tls-peer-certificate-errors: (getter get_tls_peer_certificate_errors)
 *
 * What is wrong with [property@Message:tls-peer-certificate].
 */

/**
 * WsoupMessage:tls-protocol-version: (getter get_tls_protocol_version)
 *
 * The version of TLS that the connection uses, %G_TLS_PROTOCOL_VERSION_UNKNOWN if it uses none.
 */

/**
 * WsoupMessage:tls-ciphersuite-name: (getter get_tls_ciphersuite_name)
 *
 * The name of the TLS cipher suite that the connection uses, %NULL if it uses no TLS.
 */

/**
 * WsoupMessage::starting:
 * @msg: the message
 *
 * Emitted when the message is about to be sent. Headers can still be added.
 */

/**
 * WsoupMessage::network-event:
 * @msg: the message
 * @event: what happened
 * @connection: the connection, as far as it is made
 *
 * Emitted for each step of connecting, as [signal@Gio.SocketClient::event] is.
 */

/**
 * WsoupMessage::authenticate:
 * @msg: the message
 * @auth: what to answer
 * @retrying: %TRUE if the answer before was wrong
 *
 * Emitted when the server, or a proxy, wants to know who the user is.
 *
 * A handler that knows, or that asks the user, calls [method@Auth.authenticate] or
 * [method@Auth.cancel], then or later; to do it later it takes a reference. If no handler wants to
 * answer, the response with the challenge is that of the message.
 *
 * User and password that stand in the URI, of the server or of the proxy, are tried before anybody
 * is asked. What was accepted is remembered by the session, which sends it to the same server without
 * being asked. Waiting for an answer has no timeout; [method@Session.abort] and the cancellable of the
 * request end it.
 *
 * Whoever answers without asking a user has to look at @retrying: the same answer would be asked for
 * again and again. After ten answers the request is given up.
 *
 * Returns: %TRUE if @auth is or will be answered or cancelled, %FALSE to let the next handler decide
 */

/**
 * WsoupMessage::accept-certificate:
 * @msg: the message
 * @tls_peer_certificate: the certificate of the server
 * @tls_peer_errors: what is wrong with it
 *
 * Emitted in the TLS handshake if the certificate of the server is not trusted.
 *
 * If no handler accepts it, the connection fails with %G_TLS_ERROR_BAD_CERTIFICATE.
 *
 * Returns: %TRUE to accept the certificate in spite of its errors, %FALSE to let the next handler
 *   decide
 */

/**
 * WsoupMessage::request-certificate:
 * @msg: the message
 * @tls_connection: the connection
 *
 * Emitted in the TLS handshake if the server wants a certificate of the client.
 *
 * A handler that can provide one, or that asks the user, calls
 * [method@Message.set_tls_client_certificate], then or later; with %NULL, the handshake goes on without
 * a certificate. It is not emitted if the certificate is set already. If no handler wants to answer,
 * [property@Session:tls-interaction] is asked, if there is one.
 *
 * Waiting for an answer has no timeout on this side; [method@Session.abort] and the cancellable of the
 * request end it. The handshake runs in a thread of GIO, which asks through the main context: it has to
 * be owned by the thread that runs it, as it is in a [struct@GLib.MainLoop], for the handler to be
 * called there.
 *
 * Returns: %TRUE if the certificate is or will be set, %FALSE to let the next handler decide
 */

/**
 * WsoupMessage::request-certificate-password:
 * @msg: the message
 * @tls_password: where to put the password
 *
 * Emitted in the TLS handshake if the certificate of the client needs a password.
 *
 * A handler that knows it sets it in @tls_password and calls
 * [method@Message.tls_client_certificate_password_request_complete], then or later. If no handler
 * wants to answer, [property@Session:tls-interaction] is asked, if there is one.
 *
 * Returns: %TRUE if the password is or will be set, %FALSE to let the next handler decide
 */

/**
 * WsoupMessage::wrote-headers:
 * @msg: the message
 *
 * Emitted when the request was sent.
 */

/**
 * WsoupMessage::got-headers:
 * @msg: the message
 *
 * Emitted when the status and the headers of the response have arrived.
 */

/**
 * WsoupMessage::got-body:
 * @msg: the message
 *
 * Emitted when the body of the response has arrived, too. A response that accepts the connection
 * has none.
 */

/**
 * WsoupMessage::restarted:
 * @msg: the message
 *
 * Emitted when the request is about to be sent again, because of a redirect for instance.
 *
 * [property@Message:uri] is already the new one. Status and headers of the response are still those
 * that are the reason, and are reset afterwards. Headers of the request can be changed, here or in
 * [signal@Message::starting], which is emitted again.
 */

/**
 * WsoupMessage::finished:
 * @msg: the message
 *
 * Emitted last, however the handshake ended.
 */
