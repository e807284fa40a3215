/** api.h - marks what a shared libkiennghi shows. */
#ifndef KIENNGHI_API_H
#define KIENNGHI_API_H

#if defined(__GNUC__)
#define KN_API __attribute__((visibility("default")))
#else
#define KN_API
#endif

#endif
