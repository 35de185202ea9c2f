/* Documentation of WsoupCookieJar that has no place in the header: the class, its properties and its
 * signals. Read by g-ir-scanner, never compiled. */

/**
 * WsoupCookieJar:
 *
 * Keeps the cookies that servers set, and sends them with later requests.
 *
 * A jar is a feature of a [class@Session], or of several; a session without one ignores cookies.
 *
 * ```c
 * g_autoptr (WsoupSession) session = wsoup_session_new ();
 * g_autoptr (WsoupCookieJar) jar = wsoup_cookie_jar_new ();
 *
 * wsoup_session_add_feature (session, WSOUP_SESSION_FEATURE (jar));
 * wsoup_cookie_jar_add_cookie (jar, wsoup_cookie_new ("token", token, "example.org", "/", -1));
 * ```
 *
 * The cookies are in memory. A program that wants them to outlast the jar stores what
 * [signal@CookieJar::changed] tells, and adds it to the next jar; a derived class can do so in its
 * virtual method of that name.
 *
 * What a jar keeps is bounded: 4096 bytes of name and value a cookie, 180 cookies a domain, 3000 in all.
 * Above that, those go first that were not used for longest.
 *
 * A server cannot set cookies for a public suffix, such as `co.uk`. Which domains those are, libpsl
 * knows; on a system without it, the cookies of a server are for its host alone.
 */

/**
 * WsoupCookieJar:accept-policy: (getter get_accept_policy) (setter set_accept_policy)
 *
 * Which cookies of servers are kept; %WSOUP_COOKIE_JAR_ACCEPT_ALWAYS by default.
 *
 * Those that are in the jar stay when it changes.
 */

/**
 * WsoupCookieJar::changed:
 * @jar: the jar
 * @old_cookie: (nullable): the cookie that went, or %NULL
 * @new_cookie: (nullable): the cookie that came, or %NULL
 *
 * Emitted when a cookie was added, changed, in which case both are there, or removed, because it has
 * expired for instance.
 */
