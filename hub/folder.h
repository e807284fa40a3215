/* folder.h - what was moved into a folder is there after a power cut. */
#ifndef KN_FOLDER_H
#define KN_FOLDER_H

/* Syncs the entries of the folder PATH. KN_OK or KN_E_IO. */
int folder_sync(const char *path);

#endif
