/* Documentation of WsoupAuth that has no place in the header: the class and its properties. Read by
 * g-ir-scanner, never compiled. */

/**
 * WsoupAuth:
 *
 * The question of a server, or of a proxy, who the user is, and the answer.
 *
 * A program gets one from [signal@Message::authenticate]. It answers with
 * [method@Auth.authenticate], or says with [method@Auth.cancel] that it cannot, in the handler or
 * later.
 *
 * ```c
 * static gboolean
 * on_authenticate (WsoupMessage *msg,
 *                  WsoupAuth    *auth,
 *                  gboolean      retrying,
 *                  gpointer      user_data)
 * {
 *   // The same answer would be as wrong as before.
 *   if (retrying || wsoup_auth_is_for_proxy (auth))
 *     return FALSE;
 *
 *   wsoup_auth_authenticate (auth, "Aladdin", "open sesame");
 *   return TRUE;
 * }
 * ```
 *
 * The schemes are Basic (RFC 7617) and Digest (RFC 7616), the latter with MD5 and SHA-256. If a
 * server offers several, the strongest is used. Basic sends the password as it is: without TLS,
 * everyone on the way can read it.
 */

/**
 * WsoupAuth:scheme-name: (getter get_scheme_name)
 *
 * The name of the authentication scheme: `Basic` or `Digest`.
 */

/**
 * WsoupAuth:realm: (getter get_realm)
 *
 * What the name and the password are for, as the server calls it. Users may be shown it.
 */

/**
 * WsoupAuth:authority: (getter get_authority)
 *
 * Who asks: host and port.
 */

/**
 * WsoupAuth:is-for-proxy:
 *
 * Whether it is a proxy that asks, not the server.
 */

/**
 * WsoupAuth:is-authenticated: (getter is_authenticated)
 *
 * Whether there is an answer.
 */

/**
 * WsoupAuth:is-cancelled: (getter is_cancelled)
 *
 * Whether there will be no answer.
 */
