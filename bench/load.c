// A client that costs next to nothing: sends the same request over keep-alive connections until so many are answered.
//
//   load PORT CONNECTIONS REQUESTS FILE [STAGGER]
//   load hold PORT CONNECTIONS FILE
//
// FILE holds the whole HTTP request. Connection n begins n * STAGGER microseconds late. Prints one line of JSON, times
// in microseconds; ends with 1 and a word on stderr at the first answer that is not a complete 200. With `hold` each
// connection asks once; when every answer has begun it prints "held", and keeps them open until it is ended.
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
#include <time.h>
#include <unistd.h>

enum { MAX_HEAD = 16 * 1024, MAX_EVENTS = 256, PATIENCE_S = 240, MAX_WAITING = 64 };

enum state { IDLE, HEAD, BODY, CHUNK_SIZE, CHUNK_DATA, CHUNK_END, TRAILER };

struct connection {
  int fd;
  enum state state;
  bool wants_write;
  size_t sent;
  char head[MAX_HEAD + 1];
  size_t head_length;
  uint64_t left;       // bytes of the body, or of the chunk
  bool line_has_text;  // in a trailer
  uint64_t began;
  uint64_t first_byte;
};

static const char *request;
static size_t request_length;
static long wanted, started, done;
static uint64_t body_bytes;
static double *latency, *first_byte, *span;
static bool holding;
static int epoll_fd;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void fail(const char *why, const struct connection *c) {
  fprintf(stderr, "load: %s after %ld answers: %.*s\n", why, done, 300, c->head);
  exit(1);
}

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void watch(struct connection *c, bool for_write) {
  if (c->wants_write == for_write) return;
  c->wants_write = for_write;
  struct epoll_event event = {.events = EPOLLIN | (for_write ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &event);
}

static void push(struct connection *c) {
  while (c->sent < request_length) {
    ssize_t n = send(c->fd, request + c->sent, request_length - c->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) {
      watch(c, true);
      return;
    }
    if (n < 0) fail("the connection broke while sending", c);
    c->sent += (size_t)n;
  }
  watch(c, false);
}

static void start(struct connection *c) {
  if (started == wanted) return;
  started++;
  c->state = HEAD;
  c->sent = c->head_length = 0;
  c->head[0] = '\0';
  c->first_byte = 0;
  c->began = now_ns();
  push(c);
}

static void finish(struct connection *c) {
  if (c->sent < request_length) fail("answered before the request was whole", c);
  uint64_t now = now_ns();
  span[done] = c->first_byte == 0 ? 0 : (double)(now - c->first_byte) / 1000;
  latency[done] = (double)(now - c->began) / 1000;
  first_byte[done] = (double)((c->first_byte == 0 ? now : c->first_byte) - c->began) / 1000;
  done++;
  c->state = IDLE;
  start(c);
}

// Takes bytes of the head; returns how many of them belong to it.
static size_t take_head(struct connection *c, const char *bytes, size_t length) {
  size_t room = MAX_HEAD - c->head_length, taken = length < room ? length : room, before = c->head_length;
  memcpy(c->head + before, bytes, taken);
  c->head_length += taken;
  c->head[c->head_length] = '\0';
  const char *end = strstr(c->head, "\r\n\r\n");
  if (end == NULL) {
    if (c->head_length == MAX_HEAD) fail("an endless head", c);
    return taken;
  }
  size_t head_length = (size_t)(end + 4 - c->head);
  c->head[head_length] = '\0';
  if (strncmp(c->head, "HTTP/1.1 200 ", 13) != 0) {
    size_t rest = length - (head_length - before), room_left = MAX_HEAD - head_length;
    memcpy(c->head + head_length, bytes + (head_length - before), rest < room_left ? rest : room_left);
    fail("an answer that is not 200", c);
  }
  const char *content_length = strcasestr(c->head, "\r\ncontent-length:");
  if (content_length != NULL) {
    c->left = strtoull(content_length + strlen("\r\ncontent-length:"), NULL, 10);
    c->state = BODY;
    if (c->left == 0) finish(c);
  } else if (strcasestr(c->head, "\r\ntransfer-encoding: chunked") != NULL) {
    c->left = 0;
    c->state = CHUNK_SIZE;
  } else {
    fail("an answer without a length", c);
  }
  return head_length - before;
}

// Takes bytes of the body; returns how many.
static size_t take_body(struct connection *c, size_t length) {
  if (c->first_byte == 0) {
    c->first_byte = now_ns();
    if (holding) done++;
  }
  size_t taken = c->left < length ? c->left : length;
  c->left -= taken;
  body_bytes += taken;
  if (c->left > 0) return taken;
  if (c->state == BODY) finish(c);
  else c->state = CHUNK_END;
  return taken;
}

// Takes one byte of what stands between chunks.
static void take_framing(struct connection *c, char byte) {
  if (c->state == CHUNK_SIZE) {
    if (isxdigit((unsigned char)byte)) {
      c->left = c->left * 16 + (uint64_t)(isdigit((unsigned char)byte) ? byte - '0' : (byte | 32) - 'a' + 10);
    } else if (byte == '\n') {
      c->state = c->left > 0 ? CHUNK_DATA : TRAILER;
      c->line_has_text = false;
    } else if (byte != '\r') {
      fail("a broken chunk", c);
    }
  } else if (c->state == CHUNK_END) {
    if (byte == '\n') c->state = CHUNK_SIZE;
  } else if (byte != '\n') {
    if (byte != '\r') c->line_has_text = true;
  } else if (c->line_has_text) {
    c->line_has_text = false;
  } else {
    finish(c);
  }
}

static void receive(struct connection *c) {
  static char buffer[256 * 1024];
  ssize_t n = recv(c->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0 && c->state == IDLE && started == wanted) {
    close(c->fd);
    return;
  }
  if (n <= 0) fail("the connection ended", c);
  for (size_t at = 0; at < (size_t)n;) {
    if (c->state == IDLE) fail("bytes that nobody asked for", c);
    if (c->state == HEAD) at += take_head(c, buffer + at, (size_t)n - at);
    else if (c->state == BODY || c->state == CHUNK_DATA) at += take_body(c, (size_t)n - at);
    else take_framing(c, buffer[at++]);
  }
}

static void read_request(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) die(path);
  fseek(file, 0, SEEK_END);
  request_length = (size_t)ftell(file);
  rewind(file);
  char *bytes = malloc(request_length);
  if (bytes == NULL || fread(bytes, 1, request_length, file) != request_length) die(path);
  fclose(file);
  request = bytes;
}

static void open_connection(struct connection *c, uint16_t port) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0) die("connect");
  int on = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &event) < 0) die("epoll_ctl");
}

static void limit_files(void) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

static void take_events(int patience_ms) {
  struct epoll_event events[MAX_EVENTS];
  int n = epoll_wait(epoll_fd, events, MAX_EVENTS, patience_ms);
  for (int i = 0; i < n; i++) {
    struct connection *c = events[i].data.ptr;
    if (events[i].events & EPOLLOUT) push(c);
    if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) receive(c);
  }
}

// Opens streams, a few at a time, and keeps them.
static void hold(struct connection *connections, long count, uint16_t port) {
  holding = true;
  wanted = count;
  alarm(PATIENCE_S);
  while (done < count) {
    while (started < count && started - done < MAX_WAITING) {
      open_connection(&connections[started], port);
      start(&connections[started]);
    }
    take_events(-1);
  }
  alarm(0);
  printf("held %ld\n", done);
  fflush(stdout);
  for (;;) take_events(-1);
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static void print_quantiles(const char *name, double *values) {
  static const double quantiles[] = {50, 90, 99, 99.9, 100};
  qsort(values, (size_t)done, sizeof *values, ascending);
  printf("\"%s\":{", name);
  for (size_t i = 0; i < sizeof quantiles / sizeof *quantiles; i++) {
    long rank = (long)((double)done * quantiles[i] / 100);
    printf("%s\"p%g\":%.1f", i > 0 ? "," : "", quantiles[i], values[rank < done ? rank : done - 1]);
  }
  printf("}");
}

static void print_result(double seconds) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
               (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
  printf("{\"seconds\":%.6f,\"requests\":%ld,\"bodyBytes\":%llu,\"cpu\":%.0f,", seconds, done,
         (unsigned long long)body_bytes, cpu);
  print_quantiles("latency", latency);
  printf(",");
  print_quantiles("firstByte", first_byte);
  printf(",");
  print_quantiles("span", span);
  printf("}\n");
}

int main(int argc, char **argv) {
  bool holds = argc == 5 && strcmp(argv[1], "hold") == 0;
  if (argc < 5) {
    fprintf(stderr, "usage: load PORT CONNECTIONS REQUESTS FILE [STAGGER] | load hold PORT CONNECTIONS FILE\n");
    return 2;
  }
  limit_files();
  uint16_t port = (uint16_t)atoi(argv[holds ? 2 : 1]);
  long count = atol(argv[holds ? 3 : 2]);
  read_request(argv[4]);
  epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  struct connection *connections = calloc((size_t)count, sizeof *connections);
  if (connections == NULL) die("calloc");
  if (holds) hold(connections, count, port);

  wanted = atol(argv[3]);
  uint64_t stagger_ns = argc > 5 ? strtoull(argv[5], NULL, 10) * 1000 : 0;
  latency = malloc((size_t)wanted * sizeof *latency);
  first_byte = malloc((size_t)wanted * sizeof *first_byte);
  span = malloc((size_t)wanted * sizeof *span);
  if (latency == NULL || first_byte == NULL || span == NULL) die("malloc");
  for (long i = 0; i < count; i++) open_connection(&connections[i], port);

  alarm(PATIENCE_S);
  uint64_t began = now_ns();
  for (long opened = 0; done < wanted;) {
    while (opened < count && now_ns() >= began + (uint64_t)opened * stagger_ns) start(&connections[opened++]);
    take_events(opened < count ? 1 : -1);
  }
  print_result((double)(now_ns() - began) / 1e9);
  return 0;
}
