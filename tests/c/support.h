/* What the C suites share: a deadline for every wait, the two ends of a connection with a record
 * of their signals, and a server on a free port of this process. */
#pragma once

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <wsoup/wsoup.h>

#include "leaks.h"

#define MIB (1024 * 1024)

/* --- Waiting ----------------------------------------------------------------------------- */

static inline gboolean G_GNUC_NORETURN
on_deadline (gpointer condition)
{
  g_error ("waited too long for %s", (const char *) condition);
}

/* Iterates the main context until the condition holds. Valgrind needs more than the usual 10 s. */
#define wait_for(condition)                                                                     \
  G_STMT_START                                                                                  \
  {                                                                                             \
    const char *seconds_ = g_getenv ("WSOUP_TEST_DEADLINE");                                    \
    guint deadline_ = g_timeout_add_seconds (seconds_ ? (guint) atoi (seconds_) : 10,           \
                                             on_deadline, (gpointer) #condition);               \
    while (!(condition))                                                                        \
      g_main_context_iteration (NULL, TRUE);                                                    \
    g_source_remove (deadline_);                                                                \
  }                                                                                             \
  G_STMT_END

static inline void
dispatch_what_is_ready (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static inline gboolean
keep_going (gpointer data G_GNUC_UNUSED)
{
  return G_SOURCE_CONTINUE;
}

/* Drops the last reference of ours, and waits until nothing else holds the object. TLS streams are
 * closed in threads, and what ends there wakes no main context; hence the ticks. */
static inline void
let_go (gpointer object)
{
  guint ticks = g_timeout_add (10, keep_going, NULL);

  g_object_add_weak_pointer (object, &object);
  g_object_unref (object);
  wait_for (object == NULL);
  g_source_remove (ticks);
}

/* --- One end of a connection, and what its signals said ------------------------------------ */

typedef struct
{
  WsoupWebsocketConnection *connection;
  GString *events;     /* names of the signals in order, each followed by a space */
  GPtrArray *messages; /* of GBytes */
  GArray *types;       /* of int, one a message */
  GPtrArray *pongs;    /* of GBytes */
  GError *error;
  guint state_changes;
  gboolean echoes;
} End;

static inline void
on_message (WsoupWebsocketConnection *connection, int type, GBytes *message, End *end)
{
  g_string_append (end->events, "message ");
  g_array_append_val (end->types, type);
  g_ptr_array_add (end->messages, g_bytes_ref (message));
  if (end->echoes)
    wsoup_websocket_connection_send_message (connection, (WsoupWebsocketDataType) type, message);
}

static inline void
on_error (WsoupWebsocketConnection *connection G_GNUC_UNUSED, GError *error, End *end)
{
  g_string_append (end->events, "error ");
  g_assert_no_error (end->error);
  end->error = g_error_copy (error);
}

static inline void
on_pong (WsoupWebsocketConnection *connection G_GNUC_UNUSED, GBytes *message, End *end)
{
  g_ptr_array_add (end->pongs, g_bytes_ref (message));
}

static inline void
on_closing (WsoupWebsocketConnection *connection, End *end)
{
  g_string_append (end->events, "closing ");
  g_assert_cmpint (wsoup_websocket_connection_get_state (connection), !=,
                   WSOUP_WEBSOCKET_STATE_CLOSED);
}

static inline void
on_closed (WsoupWebsocketConnection *connection, End *end)
{
  g_string_append (end->events, "closed ");
  g_assert_cmpint (wsoup_websocket_connection_get_state (connection), ==,
                   WSOUP_WEBSOCKET_STATE_CLOSED);
}

static inline void
on_state (GObject *connection G_GNUC_UNUSED, GParamSpec *property G_GNUC_UNUSED, End *end)
{
  end->state_changes++;
}

/* Takes over the reference. */
static inline End *
end_new (WsoupWebsocketConnection *connection)
{
  End *end = g_new0 (End, 1);

  end->connection = connection;
  end->events = g_string_new (NULL);
  end->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  end->types = g_array_new (FALSE, FALSE, sizeof (int));
  end->pongs = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), end);
  g_signal_connect (connection, "error", G_CALLBACK (on_error), end);
  g_signal_connect (connection, "pong", G_CALLBACK (on_pong), end);
  g_signal_connect (connection, "closing", G_CALLBACK (on_closing), end);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), end);
  g_signal_connect (connection, "notify::state", G_CALLBACK (on_state), end);
  return end;
}

static inline gboolean
end_is_closed (End *end)
{
  return wsoup_websocket_connection_get_state (end->connection) == WSOUP_WEBSOCKET_STATE_CLOSED &&
         g_str_has_suffix (end->events->str, "closed ");
}

/* The connection must be closed, and goes away with this, its last reference. */
static inline void
end_free (End *end)
{
  g_assert_true (end_is_closed (end));
  let_go (end->connection);
  g_string_free (end->events, TRUE);
  g_ptr_array_unref (end->messages);
  g_array_unref (end->types);
  g_ptr_array_unref (end->pongs);
  g_clear_error (&end->error);
  g_free (end);
}

static inline void
assert_message (End *end, guint index, int type, gconstpointer data, gsize length)
{
  gsize got_length;
  const char *got;

  g_assert_cmpuint (end->messages->len, >, index);
  g_assert_cmpint (g_array_index (end->types, int, index), ==, type);
  got = g_bytes_get_data (g_ptr_array_index (end->messages, index), &got_length);
  g_assert_cmpmem (got, got_length, data, length);
}

/* --- Servers and connecting ---------------------------------------------------------------- */

static inline WsoupServer *
server_new (GTlsCertificate *certificate)
{
  g_autoptr (GError) error = NULL;
  WsoupServer *server = wsoup_server_new ("tls-certificate", certificate, NULL);
  int options = WSOUP_SERVER_LISTEN_IPV4_ONLY | (certificate ? WSOUP_SERVER_LISTEN_HTTPS : 0);

  wsoup_server_listen_local (server, 0, (WsoupServerListenOptions) options, &error);
  g_assert_no_error (error);
  return server;
}

static inline guint
server_port (WsoupServer *server)
{
  GSList *uris = wsoup_server_get_uris (server);
  guint port;

  g_assert_cmpuint (g_slist_length (uris), ==, 1);
  port = (guint) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return port;
}

static inline WsoupMessage *
message_to (WsoupServer *server, const char *path)
{
  const char *scheme = wsoup_server_is_https (server) ? "wss" : "ws";
  g_autofree char *uri =
    g_strdup_printf ("%s://127.0.0.1:%u%s", scheme, server_port (server), path);

  return wsoup_message_new ("GET", uri);
}

typedef struct
{
  WsoupWebsocketConnection *connection;
  GError *error;
} Outcome;

static inline void
on_connected (GObject *session, GAsyncResult *result, gpointer data)
{
  Outcome *outcome = data;

  outcome->connection =
    wsoup_session_websocket_connect_finish (WSOUP_SESSION (session), result, &outcome->error);
  g_assert_true ((outcome->connection == NULL) == (outcome->error != NULL));
}

/* Connects and waits for the outcome: a connection, or NULL and the error. */
static inline WsoupWebsocketConnection *
connect_and_wait (WsoupSession *session, WsoupMessage *message, const char *origin,
                  const char *const *protocols, GError **error)
{
  Outcome outcome = { NULL, NULL };

  wsoup_session_websocket_connect_async (session, message, origin, (char **) protocols,
                                         G_PRIORITY_DEFAULT, NULL, on_connected, &outcome);
  wait_for (outcome.connection || outcome.error);
  if (outcome.error)
    g_propagate_error (error, outcome.error);
  return outcome.connection;
}

/* A handler for wsoup_server_add_websocket_handler() that keeps the server's end. */
static inline void
keep_peer (WsoupServer *server G_GNUC_UNUSED, WsoupServerMessage *message G_GNUC_UNUSED,
           const char *path, WsoupWebsocketConnection *connection, gpointer peer)
{
  End **end = peer;

  g_assert_null (*end);
  *end = end_new (g_object_ref (connection));
  (*end)->echoes = g_str_equal (path, "/echo");
}

/* --- A server, a session, and a connection between them: the fixture of most tests -------- */

typedef struct
{
  WsoupServer *server;
  WsoupSession *session;
  End *client;
  End *peer;
} Pair;

/* Takes over the session. */
static inline void
pair_open_with (Pair *pair, const char *path, WsoupSession *session)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (WsoupMessage) message = NULL;
  WsoupWebsocketConnection *connection;

  pair->server = server_new (NULL);
  wsoup_server_add_websocket_handler (pair->server, path, NULL, NULL, keep_peer, &pair->peer, NULL);
  pair->session = session;
  message = message_to (pair->server, path);
  connection = connect_and_wait (pair->session, message, NULL, NULL, &error);
  g_assert_no_error (error);
  pair->client = end_new (connection);
  wait_for (pair->peer);
}

static inline void
pair_open (Pair *pair, gconstpointer path)
{
  pair_open_with (pair, path, wsoup_session_new ());
}

static inline void
pair_close (Pair *pair, gconstpointer path G_GNUC_UNUSED)
{
  if (wsoup_websocket_connection_get_state (pair->client->connection) == WSOUP_WEBSOCKET_STATE_OPEN)
    wsoup_websocket_connection_close (pair->client->connection, WSOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
  wait_for (end_is_closed (pair->client) && end_is_closed (pair->peer));
  dispatch_what_is_ready ();
  end_free (pair->client);
  end_free (pair->peer);
  g_assert_finalize_object (pair->session);
  wsoup_server_disconnect (pair->server);
  dispatch_what_is_ready ();
  g_assert_finalize_object (pair->server);
}

/* --- Certificates -------------------------------------------------------------------------- */

/* Makes the certificates in a new folder, which certificates_remove() removes. */
static inline char *
certificates_make (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("wsoup-test-XXXXXX", &error);
  const char *command[] = { g_getenv ("WSOUP_TEST_CERTIFICATES"), folder, NULL };
  int status;

  g_assert_no_error (error);
  g_assert_nonnull (command[0]);
  g_spawn_sync (NULL, (char **) command, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL,
                &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
  return folder;
}

static inline void
folder_remove (char *folder)
{
  g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (files)))
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_assert_cmpint (g_unlink (path), ==, 0);
    }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
  g_free (folder);
}

static inline GTlsCertificate *
certificate_load (const char *folder, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, name, NULL);
  GTlsCertificate *certificate = g_tls_certificate_new_from_file (path, &error);

  g_assert_no_error (error);
  return certificate;
}
