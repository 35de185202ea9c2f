/* The client that is compiled twice: against libsoup, and against wsoup under the names of libsoup.
 *
 *   client URI [--tls FILE] [--connections N] [--in-flight N] [--size BYTES] [--warmup SECONDS]
 *          [--duration SECONDS]
 *
 * It keeps messages in flight, compares each echo with what it sent, and prints what it counted
 * after the warm-up. FILE has the authority of the server's certificate.
 */

#include <libsoup/soup.h>
#include <string.h>
#include <sys/resource.h>

#define LARGEST_MESSAGE (64 << 20)

static char *authority_file;
static int connections = 1;
static int in_flight = 1;
static int size = 16;
static double warmup = 0.5;
static double duration = 2;

static GMainLoop *loop;
static GBytes *payload;
static int opened;
static guint64 messages;
static guint64 total;
static gint64 started_at;
static double started_cpu;

static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
on_message (SoupWebsocketConnection *connection,
            int                      type,
            GBytes                  *message,
            gpointer                 user_data)
{
  if (type != SOUP_WEBSOCKET_DATA_BINARY || !g_bytes_equal (message, payload))
    g_error ("not the echo of what was sent");
  messages++;
  total++;
  soup_websocket_connection_send_message (connection, type, payload);
}

static void
on_error (SoupWebsocketConnection *connection,
          GError                  *error,
          gpointer                 user_data)
{
  g_error ("%s", error->message);
}

static void
on_closed (SoupWebsocketConnection *connection,
           gpointer                 user_data)
{
  g_error ("closed with %u", soup_websocket_connection_get_close_code (connection));
}

static gboolean
on_end (gpointer user_data)
{
  double seconds = (g_get_monotonic_time () - started_at) / 1e6;

  g_print ("{\"messages\": %" G_GUINT64_FORMAT ", \"seconds\": %.4f, \"rate\": %.2f, "
           "\"total_messages\": %" G_GUINT64_FORMAT ", \"server_cpu\": %.2f}\n",
           messages, seconds, messages / seconds, total, cpu_seconds () - started_cpu);
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static gboolean
on_warm (gpointer user_data)
{
  messages = 0;
  started_at = g_get_monotonic_time ();
  started_cpu = cpu_seconds ();
  g_timeout_add (duration * 1000, on_end, NULL);
  return G_SOURCE_REMOVE;
}

static void
on_connected (GObject      *session,
              GAsyncResult *result,
              gpointer      user_data)
{
  GError *error = NULL;
  SoupWebsocketConnection *connection =
    soup_session_websocket_connect_finish (SOUP_SESSION (session), result, &error);

  if (connection == NULL)
    g_error ("%s", error->message);
  soup_websocket_connection_set_max_incoming_payload_size (connection, LARGEST_MESSAGE);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), NULL);
  g_signal_connect (connection, "error", G_CALLBACK (on_error), NULL);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), NULL);
  for (int i = 0; i < in_flight; i++)
    soup_websocket_connection_send_message (connection, SOUP_WEBSOCKET_DATA_BINARY, payload);
  if (++opened == connections)
    g_timeout_add (warmup * 1000, on_warm, NULL);
}

int
main (int    argc,
      char **argv)
{
  GOptionEntry entries[] = {
    { "tls", 0, 0, G_OPTION_ARG_FILENAME, &authority_file, NULL, NULL },
    { "connections", 0, 0, G_OPTION_ARG_INT, &connections, NULL, NULL },
    { "in-flight", 0, 0, G_OPTION_ARG_INT, &in_flight, NULL, NULL },
    { "size", 0, 0, G_OPTION_ARG_INT, &size, NULL, NULL },
    { "warmup", 0, 0, G_OPTION_ARG_DOUBLE, &warmup, NULL, NULL },
    { "duration", 0, 0, G_OPTION_ARG_DOUBLE, &duration, NULL, NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("URI");
  g_autoptr (SoupSession) session = soup_session_new ();
  GError *error = NULL;
  guint8 *bytes;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  if (argc != 2)
    g_error ("expected a URI");
  if (authority_file != NULL)
    {
      g_autoptr (GTlsDatabase) authority = g_tls_file_database_new (authority_file, &error);

      if (authority == NULL)
        g_error ("%s", error->message);
      soup_session_set_tls_database (session, authority);
    }
  bytes = g_malloc (size);
  for (int i = 0; i < size; i++)
    bytes[i] = i * 7 + i / 251;
  payload = g_bytes_new_take (bytes, size);

  loop = g_main_loop_new (NULL, FALSE);
  for (int i = 0; i < connections; i++)
    {
      g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, argv[1]);

      soup_session_websocket_connect_async (session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL,
                                            on_connected, NULL);
    }
  g_main_loop_run (loop);
  return 0;
}
