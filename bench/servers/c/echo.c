/* The echo server that is compiled twice: against libsoup, and against wsoup under the names of
 * libsoup.
 *
 *   echo PORT [--tls FILE] [--keepalive SECONDS] [--timer]
 *
 * With --timer it also measures how late a timer of 10 ms comes, and prints that when it gets
 * SIGTERM.
 */

#include <glib-unix.h>
#include <libsoup/soup.h>

#define LARGEST_MESSAGE (64 << 20)
#define TIMER_MILLISECONDS 10

static int keepalive;
static gint64 expected_at;
static GArray *delays;

static void
on_message (SoupWebsocketConnection *connection,
            int                      type,
            GBytes                  *message,
            gpointer                 user_data)
{
  soup_websocket_connection_send_message (connection, type, message);
}

static void
on_connected (SoupServer              *server,
              SoupServerMessage       *message,
              const char              *path,
              SoupWebsocketConnection *connection,
              gpointer                 user_data)
{
  /* Only newer versions of libsoup have the second limit. */
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (connection), "max-total-message-size"))
    g_object_set (connection, "max-total-message-size", (guint64) LARGEST_MESSAGE, NULL);
  soup_websocket_connection_set_max_incoming_payload_size (connection, LARGEST_MESSAGE);
  soup_websocket_connection_set_keepalive_interval (connection, keepalive);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), NULL);
  /* A server of libsoup does not keep it. */
  g_object_ref (connection);
  g_signal_connect (connection, "closed", G_CALLBACK (g_object_unref), NULL);
}

static gboolean
on_timer (gpointer user_data)
{
  gint64 now = g_get_monotonic_time ();
  gint64 delay = now - expected_at;

  g_array_append_val (delays, delay);
  expected_at = now + TIMER_MILLISECONDS * 1000;
  return G_SOURCE_CONTINUE;
}

static int
compare_delays (gconstpointer a,
                gconstpointer b)
{
  gint64 first = *(const gint64 *) a, second = *(const gint64 *) b;

  return (first > second) - (first < second);
}

static gint64
quantile (double share)
{
  return g_array_index (delays, gint64, (guint) (share * (delays->len - 1)));
}

static gboolean
on_terminate (gpointer loop)
{
  if (delays != NULL && delays->len > 0)
    {
      g_array_sort (delays, compare_delays);
      g_print ("{\"timers\": %u, \"p50_us\": %" G_GINT64_FORMAT ", \"p99_us\": %" G_GINT64_FORMAT
               ", \"max_us\": %" G_GINT64_FORMAT "}\n",
               delays->len, quantile (0.5), quantile (0.99), quantile (1));
    }
  g_main_loop_quit (loop);
  return G_SOURCE_CONTINUE;
}

int
main (int    argc,
      char **argv)
{
  char *certificate_file = NULL;
  gboolean timer = FALSE;
  GOptionEntry entries[] = {
    { "tls", 0, 0, G_OPTION_ARG_FILENAME, &certificate_file, NULL, NULL },
    { "keepalive", 0, 0, G_OPTION_ARG_INT, &keepalive, NULL, NULL },
    { "timer", 0, 0, G_OPTION_ARG_NONE, &timer, NULL, NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("PORT");
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  SoupServerListenOptions options = SOUP_SERVER_LISTEN_IPV4_ONLY;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  if (argc != 2)
    g_error ("expected a port");
  if (certificate_file != NULL)
    {
      g_autoptr (GTlsCertificate) certificate =
        g_tls_certificate_new_from_file (certificate_file, &error);

      if (certificate == NULL)
        g_error ("%s", error->message);
      soup_server_set_tls_certificate (server, certificate);
      options |= SOUP_SERVER_LISTEN_HTTPS;
    }
  soup_server_add_websocket_handler (server, NULL, NULL, NULL, on_connected, NULL, NULL);
  if (!soup_server_listen_local (server, atoi (argv[1]), options, &error))
    g_error ("%s", error->message);
  if (timer)
    {
      delays = g_array_new (FALSE, FALSE, sizeof (gint64));
      expected_at = g_get_monotonic_time () + TIMER_MILLISECONDS * 1000;
      g_timeout_add (TIMER_MILLISECONDS, on_timer, NULL);
    }
  g_unix_signal_add (SIGTERM, on_terminate, loop);
  g_main_loop_run (loop);
  return 0;
}
