/* Documentation of WsoupSessionFeature that has no place in the header. Read by g-ir-scanner, never
 * compiled. */

/**
 * WsoupSessionFeature:
 *
 * What can be added to a [class@Session] with [method@Session.add_feature].
 *
 * The features of this library are [class@WebsocketExtensionManager], which every session begins with,
 * and [class@CookieJar]. The interface has no methods: a class of a program that implements it can be
 * added, is kept by the session and found again by its type, and that is all.
 */

/**
 * WsoupSessionFeatureInterface:
 *
 * The structure of the interface, which is private.
 */
