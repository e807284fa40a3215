/* edxml.c - see the header. Children carry the prefix edXML: receivers built on .NET want it so;
 * the files stand beside the envelope without it.
 */
#include "agents/edxml.h"

#include "agents/read/read.h"
#include "kiennghi/status.h"

#include <errno.h>
#include <fcntl.h>
#include <libxml/xmlwriter.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 57 * 512 /* bytes of a file at once: whole lines of Base64 */ };

static const char space[] = "http://www.mic.gov.vn/TBT/QCVN_102_2016";

static void open_element(xmlTextWriter *out, const char *name)
{
    xmlTextWriterStartElement(out, (const xmlChar *)name);
}

static void close_element(xmlTextWriter *out)
{
    xmlTextWriterEndElement(out);
}

static void element(xmlTextWriter *out, const char *name, const char *text)
{
    xmlTextWriterWriteElement(out, (const xmlChar *)name, (const xmlChar *)text);
}

static void party(xmlTextWriter *out, const char *name, const struct edxml_party *party)
{
    open_element(out, name);
    element(out, "edXML:OrganId", party->id);
    element(out, "edXML:OrganizationInCharge", party->name);
    element(out, "edXML:OrganName", party->name);
    close_element(out);
}

/* YYYY-MM-DD as this standard writes it: YYYY/MM/DD. */
static void day(xmlTextWriter *out, const char *name, const char *text)
{
    char slashed[11];
    (void)snprintf(slashed, sizeof slashed, "%s", text);
    for (char *at = slashed; *at; at++) {
        *at = *at == '-' ? '/' : *at;
    }
    element(out, name, slashed);
}

static void stamp(xmlTextWriter *out, int64_t at)
{
    char text[24], of_day[11];
    int64_t ms = (at + 7 * 3600 * 1000) % (24 * 3600 * 1000);
    read_day(of_day, at);
    (void)snprintf(text, sizeof text, "%.4s/%.2s/%.2s %02d:%02d:%02d", of_day, of_day + 5,
                   of_day + 8, (int)(ms / 3600000), (int)(ms / 60000 % 60), (int)(ms / 1000 % 60));
    element(out, "edXML:Timestamp", text);
}

/* Number and notation apart: "214" and "MTTQ-BTT". */
static void code(xmlTextWriter *out, const char *number)
{
    const char *slash = strchr(number, '/');
    open_element(out, "edXML:Code");
    xmlTextWriterWriteFormatElement(out, (const xmlChar *)"edXML:CodeNumber", "%.*s",
                                    slash ? (int)(slash - number) : (int)strlen(number), number);
    element(out, "edXML:CodeNotation", slash ? slash + 1 : "");
    close_element(out);
}

static void open_envelope(xmlTextWriter *out)
{
    xmlTextWriterStartDocument(out, NULL, "utf-8", NULL);
    open_element(out, "edXML");
    xmlTextWriterWriteAttribute(out, (const xmlChar *)"xmlns", (const xmlChar *)space);
    open_element(out, "edXML:edXMLEnvelope");
    xmlTextWriterWriteAttribute(out, (const xmlChar *)"xmlns:edXML", (const xmlChar *)space);
    open_element(out, "edXML:edXMLHeader");
}

/* ---- safely on the disk ------------------------------------------------------------------------
 */

static xmlTextWriter *begin(char fresh[PATH_MAX], const char *path)
{
    int n = snprintf(fresh, PATH_MAX, "%s.part", path);
    return n > 0 && n < PATH_MAX ? xmlNewTextWriterFilename(fresh, 0) : NULL;
}

/* Ends the document; frees the writer. */
static int commit(xmlTextWriter *out, const char *fresh, const char *path, int rc)
{
    if (!out) {
        return errno == ENOSPC ? KN_E_FULL : KN_E_IO;
    }
    if (xmlTextWriterEndDocument(out) < 0 && rc == KN_OK) {
        rc = KN_E_IO;
    }
    xmlFreeTextWriter(out);
    int fd = rc == KN_OK ? open(fresh, O_RDONLY | O_CLOEXEC) : -1;
    if (rc == KN_OK && (fd < 0 || fsync(fd) != 0 || rename(fresh, path) != 0)) {
        rc = errno == ENOSPC ? KN_E_FULL : KN_E_IO;
    }
    if (fd >= 0) {
        close(fd);
    }
    if (rc != KN_OK) {
        (void)unlink(fresh);
    }
    return rc;
}

/* ---- the two kinds -----------------------------------------------------------------------------
 */

int edxml_write_status(const char *path, const struct edxml_status *status)
{
    char fresh[PATH_MAX];
    xmlTextWriter *out = begin(fresh, path);
    if (out) {
        open_envelope(out);
        open_element(out, "edXML:Status");
        open_element(out, "edXML:ResponseFor");
        element(out, "edXML:OrganId", status->to.id);
        element(out, "edXML:Code", status->for_number);
        day(out, "edXML:PromulgationDate", status->for_date);
        element(out, "edXML:DocumentId", status->for_id);
        close_element(out);
        party(out, "edXML:From", &status->from);
        party(out, "edXML:To", &status->to);
        element(out, "edXML:StatusCode", status->code);
        element(out, "edXML:Description", status->description);
        stamp(out, status->at);
    }
    return commit(out, fresh, path, KN_OK);
}

static int file(xmlTextWriter *out, const struct edxml_file *one, size_t number)
{
    char bytes[PIECE];
    FILE *from = fopen(one->path, "rb");
    if (!from) {
        return KN_E_IO;
    }
    open_element(out, "Attachment");
    element(out, "ContentType", one->type);
    xmlTextWriterWriteFormatElement(out, (const xmlChar *)"ContentId", "file-%zu", number);
    element(out, "Description", one->name);
    open_element(out, "ContentTransferEncoded");
    int rc = KN_OK;
    for (size_t n; rc == KN_OK && (n = fread(bytes, 1, sizeof bytes, from)) > 0;) {
        rc = xmlTextWriterWriteBase64(out, bytes, 0, (int)n) < 0 ? KN_E_IO : KN_OK;
    }
    rc = ferror(from) ? KN_E_IO : rc;
    close_element(out);
    element(out, "AttachmentName", one->name);
    close_element(out);
    fclose(from);
    return rc;
}

static void header(xmlTextWriter *out, const struct edxml_document *document)
{
    open_element(out, "edXML:MessageHeader");
    party(out, "edXML:From", &document->from);
    party(out, "edXML:To", &document->to);
    code(out, document->number);
    open_element(out, "edXML:PromulgationInfo");
    element(out, "edXML:Place", "Hà Nội");
    day(out, "edXML:PromulgationDate", document->date);
    close_element(out);
    open_element(out, "edXML:DocumentType");
    element(out, "edXML:Type", "18");
    element(out, "edXML:TypeName", "Công văn");
    close_element(out);
    element(out, "edXML:Subject", document->subject);
    element(out, "edXML:Content", document->subject);
    if (*document->due) {
        day(out, "edXML:DueDate", document->due);
    }
    open_element(out, "edXML:OtherInfo");
    element(out, "edXML:Priority", "0");
    close_element(out);
    if (*document->for_id) {
        open_element(out, "edXML:ResponseFor");
        element(out, "edXML:OrganId", document->to.id);
        element(out, "edXML:DocumentId", document->for_id);
        close_element(out);
    }
    element(out, "edXML:DocumentId", document->id);
    close_element(out);
    open_element(out, "edXML:TraceHeaderList");
    open_element(out, "edXML:TraceHeader");
    element(out, "edXML:OrganId", document->from.id);
    stamp(out, document->at);
    close_element(out);
    open_element(out, "edXML:Bussiness");
    element(out, "edXML:BussinessDocType", "0");
    element(out, "edXML:BussinessDocReason", "Văn bản điện tử mới");
    element(out, "edXML:Paper", "0");
    close_element(out);
    close_element(out);
    close_element(out); /* edXMLHeader */
}

int edxml_write_document(const char *path, const struct edxml_document *document)
{
    char fresh[PATH_MAX];
    xmlTextWriter *out = begin(fresh, path);
    int rc = KN_OK;
    if (out) {
        open_envelope(out);
        header(out, document);
        open_element(out, "edXML:edXMLBody");
        open_element(out, "edXML:edXMLManifest");
        for (size_t i = 0; i < document->n_files; i++) {
            open_element(out, "edXML:Reference");
            element(out, "edXML:AttachmentName", document->files[i].name);
            element(out, "edXML:ContentType", document->files[i].type);
            xmlTextWriterWriteFormatElement(out, (const xmlChar *)"edXML:ContentId", "cid:file-%zu",
                                            i + 1);
            close_element(out);
        }
        close_element(out);
        close_element(out);
        close_element(out); /* edXMLEnvelope */
        open_element(out, "AttachmentEncoded");
        for (size_t i = 0; rc == KN_OK && i < document->n_files; i++) {
            rc = file(out, &document->files[i], i + 1);
        }
    }
    return commit(out, fresh, path, rc);
}
