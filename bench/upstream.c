// A provider that costs next to nothing: answers POST requests over HTTP/1.1 keep-alive with bytes that were made before.
//
//   upstream PREFIX=FILE ...    prints the port it listens on (loopback, any free one)
//
// The longest prefix of the path decides; what has none is answered with 404.
// FILE is a row of packets: pause before it in microseconds, length (both 32 bits, this machine's order), bytes. Packets
// without a pause leave together with what stands before them. The bytes hold the whole HTTP answer, head included.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { MAX_HEAD = 16 * 1024, MAX_CONNECTIONS = 65536, MAX_ANSWERS = 64, MAX_EVENTS = 256 };

struct packet {
  uint64_t pause_ns;
  const char *bytes;
  size_t length;
};

enum state { HEAD, BODY, CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_DATA, CHUNK_END, TRAILER, ANSWERING };

struct answer {
  const char *prefix;
  size_t prefix_length;
  struct packet *packets;
  size_t count;
};

struct connection {
  int fd;
  enum state state;
  bool wants_write;
  bool line_has_text;           // in a trailer
  uint64_t left;                // bytes of the body, or of the chunk
  const struct answer *answer;  // known once the head is here
  size_t packet;
  size_t sent;
  uint64_t planned;  // when the packet should leave, whatever happened to those before it
  uint64_t due;      // the same while it is waited for; 0: now
  size_t head_length;
  char head[MAX_HEAD + 1];
};

static struct answer answers[MAX_ANSWERS];
static size_t answer_count;
static struct connection *connections[MAX_CONNECTIONS];
static int highest_fd;
static bool pace_changed;  // a connection has come to wait for its next packet
static int epoll_fd, timer_fd;
static char scratch[1024 * 1024];

static char not_found_bytes[] = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
static struct packet not_found_packet = {.bytes = not_found_bytes, .length = sizeof not_found_bytes - 1};
static const struct answer not_found = {.packets = &not_found_packet, .count = 1};

static void die(const char *what) {
  perror(what);
  exit(1);
}

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void load_answer(const char *argument) {
  const char *equals = strchr(argument, '=');
  if (equals == NULL || answer_count == MAX_ANSWERS) {
    fprintf(stderr, "usage: upstream PREFIX=FILE ...\n");
    exit(2);
  }
  FILE *file = fopen(equals + 1, "rb");
  if (file == NULL) die(equals + 1);
  struct answer *answer = &answers[answer_count++];
  answer->prefix_length = (size_t)(equals - argument);
  answer->prefix = strndup(argument, answer->prefix_length);
  uint32_t frame[2];
  while (fread(frame, sizeof frame, 1, file) == 1) {
    bool joins = frame[0] == 0 && answer->count > 0;
    if (!joins) {
      answer->packets = realloc(answer->packets, (answer->count + 1) * sizeof *answer->packets);
      answer->packets[answer->count++] = (struct packet){.pause_ns = frame[0] * 1000ull};
    }
    struct packet *packet = &answer->packets[answer->count - 1];
    char *bytes = realloc((void *)packet->bytes, packet->length + frame[1]);
    if (bytes == NULL || fread(bytes + packet->length, 1, frame[1], file) != frame[1]) die(equals + 1);
    packet->bytes = bytes;
    packet->length += frame[1];
  }
  fclose(file);
  if (answer->count == 0) {
    fprintf(stderr, "%s is empty\n", equals + 1);
    exit(1);
  }
}

static void drop(struct connection *c) {
  connections[c->fd] = NULL;
  close(c->fd);
  free(c);
}

static void watch(struct connection *c, bool for_write) {
  if (c->wants_write == for_write) return;
  c->wants_write = for_write;
  struct epoll_event event = {.events = EPOLLIN | (for_write ? EPOLLOUT : 0), .data.fd = c->fd};
  epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &event);
}

// Sends what may leave by now; false when the connection is gone.
static bool pump(struct connection *c) {
  while (c->packet < c->answer->count) {
    const struct packet *packet = &c->answer->packets[c->packet];
    ssize_t n = send(c->fd, packet->bytes + c->sent, packet->length - c->sent, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno != EAGAIN) return false;
      watch(c, true);
      return true;
    }
    c->sent += (size_t)n;
    if (c->sent < packet->length) continue;
    c->sent = 0;
    c->packet++;
    if (c->packet < c->answer->count) {
      c->planned += c->answer->packets[c->packet].pause_ns;
      c->due = c->planned;
      pace_changed = true;
      watch(c, false);
      return true;
    }
  }
  watch(c, false);
  c->state = HEAD;
  c->head_length = 0;
  return true;
}

// Reads path and length out of a complete head; false when it is none.
static bool read_head(struct connection *c) {
  const char *path = strchr(c->head, ' ');
  if (path == NULL) return false;
  path++;
  size_t path_length = strcspn(path, " \r"), best = 0;
  c->answer = &not_found;
  for (size_t i = 0; i < answer_count; i++) {
    const struct answer *answer = &answers[i];
    if (answer->prefix_length <= best || answer->prefix_length > path_length) continue;
    if (memcmp(answer->prefix, path, answer->prefix_length) != 0) continue;
    c->answer = answer;
    best = answer->prefix_length;
  }
  if (c->answer == &not_found) fprintf(stderr, "upstream: there is no %.*s\n", (int)path_length, path);
  const char *length = strcasestr(c->head, "\r\ncontent-length:");
  bool chunked = length == NULL && strcasestr(c->head, "\r\ntransfer-encoding: chunked") != NULL;
  c->left = length == NULL ? 0 : strtoull(length + strlen("\r\ncontent-length:"), NULL, 10);
  c->state = chunked ? CHUNK_SIZE : BODY;
  return true;
}

// Takes one byte of what stands between chunks.
static void take_framing(struct connection *c, char byte) {
  if (c->state == CHUNK_SIZE && isxdigit((unsigned char)byte)) {
    c->left = c->left * 16 + (uint64_t)(isdigit((unsigned char)byte) ? byte - '0' : (byte | 32) - 'a' + 10);
  } else if (c->state == CHUNK_SIZE || c->state == CHUNK_EXTENSION) {
    c->state = CHUNK_EXTENSION;
    if (byte == '\n') c->state = c->left > 0 ? CHUNK_DATA : TRAILER;
    c->line_has_text = false;
  } else if (c->state == CHUNK_END) {
    if (byte == '\n') c->state = CHUNK_SIZE;
  } else if (byte != '\n') {
    if (byte != '\r') c->line_has_text = true;
  } else if (c->line_has_text) {
    c->line_has_text = false;
  } else {
    c->state = BODY;
    c->left = 0;
  }
}

// Takes bytes of the request; false when they break the rules.
static bool take(struct connection *c, const char *bytes, size_t length) {
  for (size_t at = 0; at < length;) {
    if (c->state == CHUNK_DATA) {
      size_t taken = c->left < length - at ? c->left : length - at;
      c->left -= taken;
      at += taken;
      if (c->left == 0) c->state = CHUNK_END;
    } else if (c->state == BODY) {
      if (length - at > c->left) return false;
      c->left -= length - at;
      return true;
    } else {
      take_framing(c, bytes[at++]);
    }
  }
  return true;
}

// Takes what has arrived; false when the connection is gone or broke the rules.
static bool receive(struct connection *c) {
  if (c->state == ANSWERING) return recv(c->fd, scratch, 1, 0) < 0 && errno == EAGAIN;
  if (c->state == HEAD) {
    ssize_t n = recv(c->fd, c->head + c->head_length, MAX_HEAD - c->head_length, 0);
    if (n <= 0) return n < 0 && errno == EAGAIN;
    c->head_length += (size_t)n;
    c->head[c->head_length] = '\0';
    char *end = strstr(c->head, "\r\n\r\n");
    if (end == NULL) return c->head_length < MAX_HEAD;
    end[2] = '\0';
    if (!read_head(c)) return false;
    if (!take(c, end + 4, c->head_length - (size_t)(end + 4 - c->head))) return false;
  }
  while (c->state != BODY || c->left > 0) {
    // Of a body of known length the bytes need not even be copied.
    bool discards = c->state == BODY;
    size_t room = discards && c->left < sizeof scratch ? c->left : sizeof scratch;
    ssize_t n = recv(c->fd, scratch, room, discards ? MSG_TRUNC : 0);
    if (n <= 0) return n < 0 && errno == EAGAIN;
    if (discards) c->left -= (uint64_t)n;
    else if (!take(c, scratch, (size_t)n)) return false;
  }
  c->state = ANSWERING;
  c->packet = 0;
  c->sent = 0;
  c->planned = now_ns();
  return pump(c);
}

static void accept_all(int listener) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    if (fd >= MAX_CONNECTIONS) {
      close(fd);
      continue;
    }
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct connection *c = calloc(1, sizeof *c);
    if (c == NULL) die("calloc");
    c->fd = fd;
    connections[fd] = c;
    if (fd > highest_fd) highest_fd = fd;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
  }
}

// Sends the packets that are due and sets the timer for the next; few enough streams that a scan is cheapest.
static void keep_pace(void) {
  uint64_t now = now_ns(), next = 0;
  for (int fd = 0; fd <= highest_fd; fd++) {
    struct connection *c = connections[fd];
    if (c == NULL || c->due == 0) continue;
    if (c->due <= now) {
      c->due = 0;
      if (!pump(c)) {
        drop(c);
        continue;
      }
    }
    if (c->due != 0 && (next == 0 || c->due < next)) next = c->due;
  }
  struct itimerspec at = {.it_value = {.tv_sec = (time_t)(next / 1000000000u), .tv_nsec = (long)(next % 1000000000u)}};
  timerfd_settime(timer_fd, TFD_TIMER_ABSTIME, &at, NULL);
  pace_changed = false;
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) load_answer(argv[i]);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 4096) < 0) die("listen");
  getsockname(listener, (struct sockaddr *)&address, &size);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event);
  event.data.fd = timer_fd;
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, timer_fd, &event);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);

  struct epoll_event events[MAX_EVENTS];
  for (;;) {
    int n = epoll_wait(epoll_fd, events, MAX_EVENTS, -1);
    if (n < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < n; i++) {
      int fd = events[i].data.fd;
      if (fd == listener) {
        accept_all(listener);
      } else if (fd == timer_fd) {
        uint64_t expirations;
        pace_changed |= read(timer_fd, &expirations, sizeof expirations) > 0;
      } else if (connections[fd] != NULL) {
        struct connection *c = connections[fd];
        bool alive = !(events[i].events & (EPOLLERR | EPOLLHUP));
        if (alive && (events[i].events & EPOLLOUT)) alive = pump(c);
        if (alive && (events[i].events & EPOLLIN)) alive = receive(c);
        if (!alive) drop(c);
      }
    }
    if (pace_changed) keep_pace();
  }
}
