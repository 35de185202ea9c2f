/* Counts allocations: to be preloaded. The file that WSOUP_BENCH_COUNTER names gets their number, as
 * a 64-bit integer, at every moment.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Where glibc keeps what it would do itself. */
void *__libc_malloc (size_t size);
void *__libc_calloc (size_t count, size_t size);
void *__libc_realloc (void *memory, size_t size);
void *__libc_memalign (size_t alignment, size_t size);

static uint64_t before_the_file;
static uint64_t *counter = &before_the_file;

static void
count (void)
{
  __atomic_fetch_add (counter, 1, __ATOMIC_RELAXED);
}

__attribute__ ((constructor)) static void
open_file (void)
{
  const char *name = getenv ("WSOUP_BENCH_COUNTER");
  int file = name == NULL ? -1 : open (name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  void *memory;

  if (file < 0 || ftruncate (file, sizeof *counter) != 0)
    return;
  memory = mmap (NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close (file);
  if (memory != MAP_FAILED)
    counter = memory;
}

void *
malloc (size_t size)
{
  count ();
  return __libc_malloc (size);
}

void *
calloc (size_t number,
        size_t size)
{
  count ();
  return __libc_calloc (number, size);
}

/* It may have to move: that counts. */
void *
realloc (void  *memory,
         size_t size)
{
  count ();
  return __libc_realloc (memory, size);
}

void *
memalign (size_t alignment,
          size_t size)
{
  count ();
  return __libc_memalign (alignment, size);
}

void *
aligned_alloc (size_t alignment,
               size_t size)
{
  return memalign (alignment, size);
}

int
posix_memalign (void **memory,
                size_t alignment,
                size_t size)
{
  *memory = memalign (alignment, size);
  return *memory == NULL ? ENOMEM : 0;
}
