/* What both sides of a handshake can read: messages, headers, addresses. */
#include "support.h"

static void
print_header (const char *name, const char *value, gpointer indent)
{
  printf ("%s%s: %s\n", (const char *) indent, name, value);
}

static void
inspect_headers (void)
{
  g_autoptr (SoupMessageHeaders) headers = soup_message_headers_new (SOUP_MESSAGE_HEADERS_REQUEST);
  g_autoptr (GHashTable) params = NULL;
  SoupMessageHeadersIter iter;
  const char *name, *value;

  soup_message_headers_append (headers, "X-Many", "one");
  soup_message_headers_append (headers, "X-Many", "two, three");
  soup_message_headers_append (headers, "X-Once", "first");
  soup_message_headers_replace (headers, "x-once", "second");
  soup_message_headers_append (headers, "X-Gone", "soon");
  soup_message_headers_remove (headers, "X-GONE");
  printf ("headers\n");
  soup_message_headers_foreach (headers, print_header, (gpointer) "  ");

  soup_message_headers_append (headers, "Connection", "keep-alive, Upgrade");
  soup_message_headers_set_content_length (headers, 42);
  soup_message_headers_append (headers, "Content-Type", "text/plain; charset=utf-8");
  printf ("  one: %s\n", soup_message_headers_get_one (headers, "x-many"));
  printf ("  list: %s\n", soup_message_headers_get_list (headers, "x-many"));
  printf ("  none: %d\n", soup_message_headers_get_one (headers, "X-Gone") == NULL);
  printf ("  contains: %d %d\n",
          soup_message_headers_header_contains (headers, "Connection", "upgrade"),
          soup_message_headers_header_contains (headers, "Connection", "up"));
  printf ("  equals: %d\n", soup_message_headers_header_equals (headers, "X-Once", "SECOND"));
  printf ("  length: %" G_GOFFSET_FORMAT "\n", soup_message_headers_get_content_length (headers));
  value = soup_message_headers_get_content_type (headers, &params);
  printf ("  type: %s, charset %s\n", value, (char *) g_hash_table_lookup (params, "charset"));
  printf ("  of a request: %d\n",
          soup_message_headers_get_headers_type (headers) == SOUP_MESSAGE_HEADERS_REQUEST);

  soup_message_headers_clear (headers);
  soup_message_headers_append (headers, "X-Last", "value");
  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    printf ("  after clearing: %s: %s\n", name, value);
}

static void
inspect_message (void)
{
  g_autoptr (GUri) uri = g_uri_parse ("ws://host.example/a%2Fb?c=d%20e", SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr (SoupMessage) msg = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  g_autoptr (SoupMessage) wrong = soup_message_new (SOUP_METHOD_GET, "no uri");
  g_autofree char *text = g_uri_to_string (soup_message_get_uri (msg));

  printf ("message\n  %s %s\n", soup_message_get_method (msg), text);
  printf ("  is GET: %d\n", soup_message_get_method (msg) == SOUP_METHOD_GET);
  printf ("  a bad URI: %d\n", wrong == NULL);
  printf ("  status: %d\n", soup_message_get_status (msg) == SOUP_STATUS_NONE);
  soup_message_add_flags (msg, SOUP_MESSAGE_NO_REDIRECT);
  printf ("  flag: %d\n", soup_message_query_flags (msg, SOUP_MESSAGE_NO_REDIRECT));
  soup_message_remove_flags (msg, SOUP_MESSAGE_NO_REDIRECT);
  printf ("  flags: %d\n", soup_message_get_flags (msg));
  printf ("  phrases: %s, %s\n", soup_status_get_phrase (SOUP_STATUS_SWITCHING_PROTOCOLS),
          soup_status_get_phrase (SOUP_STATUS_FORBIDDEN));
}

static void
on_connection (SoupServer *server, SoupServerMessage *msg, const char *path,
               SoupWebsocketConnection *connection, gpointer user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (msg);
  GUri *uri = soup_server_message_get_uri (msg);

  printf ("server\n  path %s, query %s\n", path, g_uri_get_query (uri));
  printf ("  is GET: %d, HTTP/1.1: %d\n",
          soup_server_message_get_method (msg) == SOUP_METHOD_GET,
          soup_server_message_get_http_version (msg) == SOUP_HTTP_1_1);
  printf ("  X-Token: %s\n", soup_message_headers_get_one (headers, "X-Token"));
  printf ("  Origin: %s\n", soup_message_headers_get_one (headers, "Origin"));
  printf ("  version: %s\n", soup_message_headers_get_one (headers, "Sec-WebSocket-Version"));
  printf ("  upgrades: %d\n",
          soup_message_headers_header_contains (headers, "Upgrade", "websocket"));
  printf ("  host %s, https %d\n", soup_server_message_get_remote_host (msg),
          soup_server_is_https (server));
  printf ("  addresses: %d %d\n",
          G_IS_INET_SOCKET_ADDRESS (soup_server_message_get_local_address (msg)),
          G_IS_INET_SOCKET_ADDRESS (soup_server_message_get_remote_address (msg)));
  printf ("  certificate: %d\n", soup_server_message_get_tls_peer_certificate (msg) != NULL);
  printf ("  is server: %d\n", soup_websocket_connection_get_connection_type (connection) ==
                                 SOUP_WEBSOCKET_CONNECTION_SERVER);
  printf ("  origin: %s\n", soup_websocket_connection_get_origin (connection));
  *(SoupWebsocketConnection **) user_data = g_object_ref (connection);
}

int
main (void)
{
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (SoupSession) session =
    g_object_new (SOUP_TYPE_SESSION, "timeout", 20, "user-agent", "compat", NULL);
  g_autoptr (SoupWebsocketConnection) theirs = NULL;
  g_autoptr (SoupWebsocketConnection) ours = NULL;
  g_autoptr (SoupMessage) msg = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *base = NULL, *uri = NULL;
  SoupMessageHeaders *headers;

  inspect_headers ();
  inspect_message ();

  soup_server_add_websocket_handler (server, "/room", NULL, NULL, on_connection, &theirs, NULL);
  base = listen_on (server, "/room");
  uri = g_strconcat (base, "/blue?name=a%20b", NULL);
  msg = soup_message_new (SOUP_METHOD_GET, uri);
  soup_message_headers_append (soup_message_get_request_headers (msg), "X-Token", "secret");
  ours = connect_to (session, msg, "https://here.example", NULL, NULL, &error);
  g_assert_no_error (error);
  wait_for (theirs != NULL);

  headers = soup_message_get_response_headers (msg);
  printf ("client\n  status %d %s\n", soup_message_get_status (msg),
          soup_message_get_reason_phrase (msg));
  printf ("  upgrades: %d %d\n",
          soup_message_headers_header_contains (headers, "Upgrade", "websocket"),
          soup_message_headers_header_contains (headers, "Connection", "Upgrade"));
  printf ("  accept: %d\n",
          (int) strlen (soup_message_headers_get_one (headers, "Sec-WebSocket-Accept")));
  printf ("  path %s\n", g_uri_get_path (soup_websocket_connection_get_uri (ours)));
  printf ("  protocol: %d\n", soup_websocket_connection_get_protocol (ours) != NULL);
  printf ("  is client: %d\n", soup_websocket_connection_get_connection_type (ours) ==
                                 SOUP_WEBSOCKET_CONNECTION_CLIENT);
  printf ("  timeout %u, agent %s\n", soup_session_get_timeout (session),
          soup_session_get_user_agent (session));
  printf ("types\n  %d %d %d\n", SOUP_IS_SERVER (server), SOUP_IS_MESSAGE (msg),
          SOUP_IS_WEBSOCKET_CONNECTION (SOUP_WEBSOCKET_CONNECTION (ours)));
  return 0;
}
