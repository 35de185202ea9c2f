/* Handshakes that fail: what the client is told, by the error and by the message. */
#include "support.h"

static void
on_connection (SoupServer *server G_GNUC_UNUSED, SoupServerMessage *msg G_GNUC_UNUSED,
               const char *path, SoupWebsocketConnection *connection G_GNUC_UNUSED,
               gpointer user_data G_GNUC_UNUSED)
{
  printf ("  the server accepted %s\n", path);
}

static void
on_request (SoupServer *server G_GNUC_UNUSED, SoupServerMessage *msg, const char *path,
            GHashTable *query G_GNUC_UNUSED, gpointer user_data G_GNUC_UNUSED)
{
  if (soup_server_message_get_method (msg) != SOUP_METHOD_GET)
    {
      soup_server_message_set_status (msg, SOUP_STATUS_NOT_IMPLEMENTED, NULL);
      return;
    }
  soup_message_headers_append (soup_server_message_get_response_headers (msg), "X-Path", path);
  soup_server_message_set_status (msg, SOUP_STATUS_SERVICE_UNAVAILABLE, "Come Back Later");
  soup_server_message_set_response (msg, "text/plain", SOUP_MEMORY_STATIC, "closed", 6);
}

static void
report (const char *title, SoupMessage *msg, const GError *error)
{
  const char *domain = error ? g_quark_to_string (error->domain) : "none";

  if (error && error->domain == SOUP_WEBSOCKET_ERROR)
    domain = "SOUP_WEBSOCKET_ERROR";
  printf ("%s\n  error %s %d\n", title, domain, error ? error->code : 0);
  printf ("  not WebSocket: %d\n",
          g_error_matches (error, SOUP_WEBSOCKET_ERROR, SOUP_WEBSOCKET_ERROR_NOT_WEBSOCKET));
  printf ("  status %d %s, successful: %d, error of the client: %d\n",
          soup_message_get_status (msg), soup_message_get_reason_phrase (msg),
          SOUP_STATUS_IS_SUCCESSFUL (soup_message_get_status (msg)),
          SOUP_STATUS_IS_CLIENT_ERROR (soup_message_get_status (msg)));
}

int
main (void)
{
  static const struct
  {
    const char *title, *path, *origin;
  } table[] = {
    { "no handler", "/nothing", NULL },
    { "no origin", "/guarded", NULL },
    { "another origin", "/guarded", "https://elsewhere.example" },
    { "a page", "/page/below", NULL },
  };
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *uri = NULL;
  gsize i;

  soup_server_add_websocket_handler (server, "/guarded", "https://here.example", NULL,
                                     on_connection, NULL, NULL);
  soup_server_add_handler (server, "/page", on_request, NULL, NULL);
  uri = listen_on (server, "");
  for (i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *address = g_strconcat (uri, table[i].path, NULL);
      g_autoptr (SoupMessage) msg = soup_message_new (SOUP_METHOD_GET, address);
      g_autoptr (GError) error = NULL;
      const char *path;

      g_assert_null (connect_to (session, msg, table[i].origin, NULL, NULL, &error));
      report (table[i].title, msg, error);
      path = soup_message_headers_get_one (soup_message_get_response_headers (msg), "X-Path");
      printf ("  X-Path: %s\n", path ? path : "none");
    }

  {
    g_autoptr (SoupMessage) msg = soup_message_new (SOUP_METHOD_GET, uri);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;

    g_cancellable_cancel (cancellable);
    g_assert_null (connect_to (session, msg, NULL, NULL, cancellable, &error));
    printf ("cancelled: %d\n", g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  }

  soup_server_disconnect (server);
  {
    g_autoptr (SoupMessage) msg = soup_message_new (SOUP_METHOD_GET, uri);
    g_autoptr (SoupSession) other = soup_session_new ();
    g_autoptr (GError) error = NULL;

    g_assert_null (connect_to (other, msg, NULL, NULL, NULL, &error));
    printf ("nobody there: %d, status %d\n",
            g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED),
            soup_message_get_status (msg));
  }
  return 0;
}
