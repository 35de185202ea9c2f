// The echo server of Boost.Beast, in one thread: `beast PORT`.

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <cstdlib>
#include <memory>

namespace asio = boost::asio;
namespace beast = boost::beast;
using tcp = asio::ip::tcp;

class Peer : public std::enable_shared_from_this<Peer>
{
public:
  explicit Peer (tcp::socket socket) : stream (std::move (socket))
  {
  }

  void
  accept ()
  {
    stream.next_layer ().set_option (tcp::no_delay (true));
    stream.read_message_max (0);
    stream.auto_fragment (false);
    stream.async_accept ([self = shared_from_this ()] (beast::error_code error) {
      if (!error)
        self->read ();
    });
  }

private:
  void
  read ()
  {
    stream.async_read (buffer, [self = shared_from_this ()] (beast::error_code error, std::size_t) {
      if (!error)
        self->write ();
    });
  }

  void
  write ()
  {
    stream.binary (stream.got_binary ());
    stream.async_write (buffer.data (),
                        [self = shared_from_this ()] (beast::error_code error, std::size_t) {
                          if (error)
                            return;
                          self->buffer.clear ();
                          self->read ();
                        });
  }

  // A plain socket: the stream of Beast itself would set a timer for every operation.
  beast::websocket::stream<tcp::socket> stream;
  beast::flat_buffer buffer;
};

static void
accept_next (tcp::acceptor &acceptor)
{
  acceptor.async_accept ([&acceptor] (beast::error_code error, tcp::socket socket) {
    if (!error)
      std::make_shared<Peer> (std::move (socket))->accept ();
    accept_next (acceptor);
  });
}

int
main (int    argc,
      char **argv)
{
  unsigned short port = argc > 1 ? std::atoi (argv[1]) : 0;
  asio::io_context context (1);
  tcp::acceptor acceptor (context, { asio::ip::make_address ("127.0.0.1"), port });

  accept_next (acceptor);
  context.run ();
}
