/* Documentation of WsoupAuthDomain and of the classes that derive from it, as far as it has no place
 * in the header. Read by g-ir-scanner, never compiled. */

/**
 * WsoupAuthDomain:
 *
 * The part of a server that only users who are known may use.
 *
 * A domain that was given to [method@Server.add_auth_domain] covers the paths that were added to it.
 * Requests for these are answered with %WSOUP_STATUS_UNAUTHORIZED, or
 * %WSOUP_STATUS_PROXY_AUTHENTICATION_REQUIRED for a proxy, and with a challenge, until they come
 * with credentials that the domain accepts. No handler sees them before. That goes for WebSocket
 * handshakes as for other requests. If several domains cover a request, one has to accept it.
 *
 * [class@AuthDomainBasic] and [class@AuthDomainDigest] are the schemes that browsers know. Others
 * can be derived from this class, by overriding its virtual methods `accepts` and `challenge`.
 */

/**
 * WsoupAuthDomain:realm: (getter get_realm)
 *
 * What the credentials are for, as users are told.
 */

/**
 * WsoupAuthDomain:proxy:
 *
 * Whether the server is a proxy: the domain covers all that is sent through it.
 */

/**
 * WsoupAuthDomain:filter: (type WsoupAuthDomainFilter)
 *
 * What decides whether a request that is covered has to be authenticated after all.
 */

/**
 * WsoupAuthDomain:filter-data:
 *
 * What [property@AuthDomain:filter] is given.
 */

/**
 * WsoupAuthDomain:generic-auth-callback: (type WsoupAuthDomainGenericAuthCallback)
 *
 * What decides whether a request is that of a user, whatever the authentication scheme.
 */

/**
 * WsoupAuthDomain:generic-auth-data:
 *
 * What [property@AuthDomain:generic-auth-callback] is given.
 */

/**
 * WsoupAuthDomainBasic:
 *
 * A domain whose users send name and password as they are (RFC 7617).
 *
 * Without TLS everyone on the way can read them.
 *
 * ```c
 * static gboolean
 * on_auth (WsoupAuthDomain    *domain,
 *          WsoupServerMessage *msg,
 *          const char         *username,
 *          const char         *password,
 *          gpointer            user_data)
 * {
 *   return g_str_equal (username, "Aladdin") && g_str_equal (password, "open sesame");
 * }
 *
 * static void
 * protect (WsoupServer *server)
 * {
 *   g_autoptr (WsoupAuthDomain) domain = wsoup_auth_domain_basic_new ("realm", "chat", NULL);
 *
 *   wsoup_auth_domain_add_path (domain, "/chat");
 *   wsoup_auth_domain_basic_set_auth_callback (domain, on_auth, NULL, NULL);
 *   wsoup_server_add_auth_domain (server, domain);
 * }
 * ```
 */

/**
 * WsoupAuthDomainBasic:auth-callback: (type WsoupAuthDomainBasicAuthCallback)
 *
 * What decides whether a name and a password are right.
 */

/**
 * WsoupAuthDomainBasic:auth-data:
 *
 * What [property@AuthDomainBasic:auth-callback] is given.
 */

/**
 * WsoupAuthDomainDigest:
 *
 * A domain whose users prove that they know their password, without sending it (RFC 7616).
 *
 * A server need not know the passwords either, but what [func@AuthDomainDigest.encode_password]
 * makes of them. The algorithm is MD5.
 *
 * A proof is good for one request, and a nonce for five minutes; a client whose nonce is too old is
 * told to use a new one, without asking its user again.
 */

/**
 * WsoupAuthDomainDigest:auth-callback: (type WsoupAuthDomainDigestAuthCallback)
 *
 * What looks up the passwords of users.
 */

/**
 * WsoupAuthDomainDigest:auth-data:
 *
 * What [property@AuthDomainDigest:auth-callback] is given.
 */
