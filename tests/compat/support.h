/* What the programs here share: a deadline for every wait, and a server of this process. */
#pragma once

#include <libsoup/soup.h>
#include <stdio.h>
#include <string.h>

static inline gboolean G_GNUC_NORETURN
on_deadline (gpointer condition)
{
  g_error ("waited too long for %s", (const char *) condition);
}

/* Iterates the main context until the condition holds. */
#define wait_for(condition)                                                                     \
  G_STMT_START                                                                                  \
  {                                                                                             \
    guint deadline_ = g_timeout_add_seconds (10, on_deadline, (gpointer) #condition);           \
    while (!(condition))                                                                        \
      g_main_context_iteration (NULL, TRUE);                                                    \
    g_source_remove (deadline_);                                                                \
  }                                                                                             \
  G_STMT_END

/* Listens on a free port, and returns the URI of a path there. */
static inline char *
listen_on (SoupServer *server, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GUri) uri = NULL;
  GSList *uris;

  if (!soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error))
    g_error ("cannot listen: %s", error->message);
  uris = soup_server_get_uris (server);
  uri = g_uri_build (G_URI_FLAGS_NONE, "ws", NULL, "127.0.0.1", g_uri_get_port (uris->data), path,
                     NULL, NULL);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return g_uri_to_string (uri);
}

static inline void
on_result (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer place)
{
  *(GAsyncResult **) place = g_object_ref (result);
}

/* Connects, and waits for the result. */
static inline SoupWebsocketConnection *
connect_to (SoupSession *session, SoupMessage *msg, const char *origin, char **protocols,
            GCancellable *cancellable, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  soup_session_websocket_connect_async (session, msg, origin, protocols, G_PRIORITY_DEFAULT,
                                        cancellable, on_result, &result);
  wait_for (result != NULL);
  return soup_session_websocket_connect_finish (session, result, error);
}
