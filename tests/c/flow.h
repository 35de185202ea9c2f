/* What the suites of the flow of messages share: what asynchronous functions came to, connections with a
 * peer that is bytes written by hand, and streams as long as one likes. */
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include "support.h"

/* --- What an asynchronous function came to ------------------------------------------------- */

typedef struct
{
  guint calls; /* of the callback */
  gboolean ok;
  int type;
  GBytes *message;
  GInputStream *stream;
  GTimeSpan time;
  GError *error;
} Result;

static inline void
result_clear (Result *result)
{
  g_clear_pointer (&result->message, g_bytes_unref);
  g_clear_object (&result->stream);
  g_clear_error (&result->error);
  memset (result, 0, sizeof *result);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

#define ON_READY(function, finish)                                                              \
  static inline void function (GObject *source, GAsyncResult *task, gpointer data)              \
  {                                                                                             \
    WsoupWebsocketConnection *connection = WSOUP_WEBSOCKET_CONNECTION (source);                 \
    Result *result = data;                                                                      \
                                                                                                \
    result->calls++;                                                                            \
    finish;                                                                                     \
  }

ON_READY (on_sent, result->ok = wsoup_websocket_connection_send_message_finish (connection, task,
                                                                                &result->error))
ON_READY (on_stream_sent, result->ok = wsoup_websocket_connection_send_stream_finish (
                            connection, task, &result->error))
ON_READY (on_received, result->message = wsoup_websocket_connection_receive_finish (
                         connection, task, (WsoupWebsocketDataType *) &result->type,
                         &result->error))
ON_READY (on_stream_received, result->stream = wsoup_websocket_connection_receive_stream_finish (
                                connection, task, (WsoupWebsocketDataType *) &result->type,
                                &result->error))
ON_READY (on_ponged, result->time = wsoup_websocket_connection_ping_finish (connection, task,
                                                                            &result->error))
ON_READY (on_close_done, result->ok = wsoup_websocket_connection_close_finish (connection, task,
                                                                               &result->error))

/* Waits for the one call, and that it had this outcome. */
#define assert_fails(result, domain, code)                                                      \
  G_STMT_START                                                                                  \
  {                                                                                             \
    wait_for ((result)->calls);                                                                 \
    g_assert_cmpuint ((result)->calls, ==, 1);                                                  \
    g_assert_error ((result)->error, domain, code);                                             \
    result_clear (result);                                                                      \
  }                                                                                             \
  G_STMT_END

#define assert_succeeds(result)                                                                 \
  G_STMT_START                                                                                  \
  {                                                                                             \
    wait_for ((result)->calls);                                                                 \
    g_assert_cmpuint ((result)->calls, ==, 1);                                                  \
    g_assert_no_error ((result)->error);                                                        \
  }                                                                                             \
  G_STMT_END

/* Receives a message and compares it; `text` may be NULL for the end. */
static inline void
assert_receives (WsoupWebsocketConnection *connection, const char *text)
{
  g_auto (Result) result = { 0 };

  wsoup_websocket_connection_receive_async (connection, NULL, on_received, &result);
  assert_succeeds (&result);
  g_assert_true ((text == NULL) == (result.message == NULL));
  if (text == NULL)
    return;
  g_assert_cmpint (result.type, ==, WSOUP_WEBSOCKET_DATA_TEXT);
  g_assert_cmpmem (g_bytes_get_data (result.message, NULL), g_bytes_get_size (result.message), text,
                   strlen (text));
}

static inline void
send_async (WsoupWebsocketConnection *connection, GBytes *message, GCancellable *cancellable,
            Result *result)
{
  wsoup_websocket_connection_send_message_async (connection, WSOUP_WEBSOCKET_DATA_BINARY, message,
                                                 cancellable, on_sent, result);
}

static inline GBytes *
zeros (gsize length)
{
  return g_bytes_new_take (g_malloc0 (length), length);
}

/* --- A pair without compression, so that what is sent is what is written ---------------------- */

static inline void
pair_open_plain (Pair *pair, gconstpointer path)
{
  WsoupSession *session = wsoup_session_new ();

  wsoup_session_remove_feature_by_type (session, WSOUP_TYPE_WEBSOCKET_EXTENSION_DEFLATE);
  pair_open_with (pair, path, session);
  g_assert_null (wsoup_websocket_connection_get_extensions (pair->client->connection));
}

/* --- A peer that is bytes, written by hand -------------------------------------------------- */

static inline WsoupWebsocketConnection *
connection_to_bytes (int *peer, GList *extensions)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) uri = g_uri_parse ("ws://host.invalid/", G_URI_FLAGS_NONE, NULL);
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  int pair[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
  *peer = pair[1];
  socket = g_socket_new_from_fd (pair[0], &error);
  g_assert_no_error (error);
  stream = g_socket_connection_factory_create_connection (socket);
  return wsoup_websocket_connection_new (G_IO_STREAM (stream), uri,
                                         WSOUP_WEBSOCKET_CONNECTION_CLIENT, NULL, NULL, extensions);
}

#define peer_writes(peer, bytes)                                                                \
  g_assert_cmpint (write (peer, bytes, sizeof bytes - 1), ==, sizeof bytes - 1)

/* --- A stream of as many bytes as wanted, which may fail at its end ------------------------- */

typedef struct
{
  GInputStream parent_instance;
  guint64 left;
  guint64 position;
  gboolean fails;
  guint8 fill; /* all bytes are this, or numbered if it is 0 */
} Source;

typedef struct
{
  GInputStreamClass parent_class;
} SourceClass;

static GType source_get_type (void);
G_DEFINE_TYPE (Source, source, G_TYPE_INPUT_STREAM)

#define MOST_READ (256 * 1024)

/* The bytes of a stream from a position on: no two of its parts are alike that could be mistaken. */
static inline const guint8 *
numbered (guint64 position)
{
  static guint8 bytes[251 + MOST_READ];

  if (bytes[1] == 0)
    for (gsize i = 0; i < sizeof bytes; i++)
      bytes[i] = (guint8) (i % 251);
  return bytes + position % 251;
}

static gssize
source_read (GInputStream *stream, void *buffer, gsize count, GCancellable *cancellable G_GNUC_UNUSED,
             GError **error)
{
  Source *source = (Source *) stream;
  gsize length = MIN (MIN (count, MOST_READ), source->left);

  if (length == 0 && source->fails)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "the source has failed");
      return -1;
    }
  if (source->fill)
    memset (buffer, source->fill, length);
  else
    memcpy (buffer, numbered (source->position), length);
  source->left -= length;
  source->position += length;
  return (gssize) length;
}

static void
source_class_init (SourceClass *source_class)
{
  G_INPUT_STREAM_CLASS (source_class)->read_fn = source_read;
}

static void
source_init (Source *source G_GNUC_UNUSED)
{
}

static inline GInputStream *
source_new (guint64 length, guint8 fill, gboolean fails)
{
  Source *source = g_object_new (source_get_type (), NULL);

  source->left = length;
  source->fill = fill;
  source->fails = fails;
  return G_INPUT_STREAM (source);
}

/* --- Reading a stream to its end -------------------------------------------------------------- */

typedef struct
{
  guint64 length;
  gboolean is_numbered;
  gboolean has_ended;
  GError *error;
} Reading;

static void
on_part_read (GObject *stream, GAsyncResult *task, gpointer data)
{
  Reading *reading = data;
  g_autoptr (GBytes) part =
    g_input_stream_read_bytes_finish (G_INPUT_STREAM (stream), task, &reading->error);
  gsize length = 0;
  const guint8 *bytes = part ? g_bytes_get_data (part, &length) : NULL;

  reading->is_numbered &= length == 0 || memcmp (bytes, numbered (reading->length), length) == 0;
  reading->length += length;
  reading->has_ended = length == 0;
  if (length > 0)
    g_input_stream_read_bytes_async (G_INPUT_STREAM (stream), MOST_READ, G_PRIORITY_DEFAULT, NULL,
                                     on_part_read, reading);
}

static inline void
read_all (GInputStream *stream, Reading *reading)
{
  *reading = (Reading){ 0, TRUE, FALSE, NULL };
  g_input_stream_read_bytes_async (stream, MOST_READ, G_PRIORITY_DEFAULT, NULL, on_part_read,
                                   reading);
  wait_for (reading->has_ended);
}
