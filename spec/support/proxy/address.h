/* address.h - sockets by their text: the path of a Unix socket, or ADDRESS:PORT. */
#ifndef MP_SPEC_PROXY_ADDRESS_H
#define MP_SPEC_PROXY_ADDRESS_H

/* Each gives a socket, or -1 with errno. */
int address_listen(const char *text);
int address_accept(int listener);
int address_connect(const char *text);
/* 0 of a Unix socket. */
unsigned address_port(int listener);

#endif
