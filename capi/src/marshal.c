/* How the handlers of WsoupWebsocketConnection::message that are written in C are called.
 *
 * GLib would find out at each emission, by libffi, what arguments they take. This is in C because
 * GLib hands over a va_list, and for the macro that looks into a closure. */
#include <wsoup/wsoup.h>

typedef void (*Handler) (gpointer first, int type, GBytes *message, gpointer last);

/* Defined in connection.rs, and private. */
void _wsoup_set_message_marshallers (GSignalCMarshaller marshaller,
                                     void (*set_va_marshaller) (guint signal, GType type));

static void
call (GClosure *closure, gpointer instance, int type, GBytes *message, gpointer class_handler)
{
  Handler handler = (Handler) (class_handler != NULL ? class_handler
                                                     : ((GCClosure *) closure)->callback);

  if (G_CCLOSURE_SWAP_DATA (closure))
    handler (closure->data, type, message, instance);
  else
    handler (instance, type, message, closure->data);
}

static void
marshal (GClosure     *closure,
         GValue       *return_value G_GNUC_UNUSED,
         guint         n_values G_GNUC_UNUSED,
         const GValue *values,
         gpointer      hint G_GNUC_UNUSED,
         gpointer      class_handler)
{
  call (closure, g_value_get_object (&values[0]), g_value_get_int (&values[1]),
        g_value_get_boxed (&values[2]), class_handler);
}

static void
marshal_va (GClosure *closure,
            GValue   *return_value G_GNUC_UNUSED,
            gpointer  instance,
            va_list   arguments,
            gpointer  class_handler,
            int       n_types G_GNUC_UNUSED,
            GType    *types G_GNUC_UNUSED)
{
  va_list copy;
  int type;
  GBytes *message;

  /* What is passed outlives the emission. */
  va_copy (copy, arguments);
  type = va_arg (copy, int);
  message = va_arg (copy, GBytes *);
  va_end (copy);
  call (closure, instance, type, message, class_handler);
}

static void
set_va_marshaller (guint signal, GType type)
{
  g_signal_set_va_marshaller (signal, type, marshal_va);
}

/* Before there is any class. */
__attribute__ ((constructor)) static void
set_marshallers (void)
{
  _wsoup_set_message_marshallers (marshal, set_va_marshaller);
}
