"""Official documents as senders on the document axis write them, for stories."""
import base64
import re

QCVN = "http://www.mic.gov.vn/TBT/QCVN_102_2016"


def qcvn(files, number="214", notation="MTTQ-BTT", kind=0, reason="", replaces=None,
         day="2026/11/23", sender="Ủy ban MTTQ thành phố", subject="Tổng hợp kiến nghị cử tri"):
    """A document of QCVN 102:2016; FILES are (name, bytes)."""
    p = lambda name, text: f"<edXML:{name}>{text}</edXML:{name}>"
    organ = lambda name, code, title: p(name, p("OrganId", code) + p("OrganizationInCharge", title) +
                                        p("OrganName", title))
    old = p("ReplacementInfoList", p("ReplacementInfo", p("DocumentId", replaces))) if replaces else ""
    header = p("MessageHeader", organ("From", "000.00.99.H26", sender) +
               organ("To", "000.00.01.H26", "Văn phòng ĐĐBQH và HĐND") +
               p("Code", p("CodeNumber", number) + p("CodeNotation", notation)) +
               p("PromulgationInfo", p("Place", "Hà Nội") + p("PromulgationDate", day)) +
               p("Subject", subject) + p("DocumentId", identity(number, notation, day)))
    trace = p("TraceHeaderList", p("TraceHeader", p("OrganId", "000.00.99.H26")) +
              p("Bussiness", p("BussinessDocType", kind) + p("BussinessDocReason", reason) + old))
    encoded = "".join("<Attachment><ContentType>application/octet-stream</ContentType>"
                      f"<ContentId>{i}</ContentId><ContentTransferEncoded>"
                      f"{base64.b64encode(data).decode()}</ContentTransferEncoded>"
                      f"<AttachmentName>{name}</AttachmentName></Attachment>"
                      for i, (name, data) in enumerate(files))
    return (f'<?xml version="1.0" encoding="utf-8"?>\n<edXML xmlns="{QCVN}">'
            f'<edXML:edXMLEnvelope xmlns:edXML="{QCVN}">{p("edXMLHeader", header + trace)}'
            f'{p("edXMLBody", p("edXMLManifest", ""))}</edXML:edXMLEnvelope>'
            f"<AttachmentEncoded>{encoded}</AttachmentEncoded></edXML>")


def identity(number, notation="MTTQ-BTT", day="2026/11/23"):
    return f"000.00.99.H26,{day},{number}/{notation}"


def edoc(files, number="12", notation="BXD-VP", day="2026-11-20", sender="Bộ Xây dựng"):
    """A document of the dialect http://www.go.vn/eDoc."""
    attached = "".join(f"<Attachment><Content>{base64.b64encode(data).decode()}</Content>"
                       f"<FileName>{name}</FileName><FileType>text/csv</FileType></Attachment>"
                       for name, data in files)
    return ('<EdXMLEnvelope xmlns="http://www.go.vn/eDoc"><MessageHeader>'
            f"<From><OrganId>G09</OrganId><OrganName>{sender}</OrganName></From>"
            "<To><OrganId>H26</OrganId><OrganName>HĐND thành phố</OrganName></To>"
            f"<Code><CodeNumber>{number}</CodeNumber><CodeNotation>{notation}</CodeNotation></Code>"
            f"<PromulgationInfo><PromulgationDate>{day}</PromulgationDate></PromulgationInfo>"
            "<Subject>Chuyển kiến nghị</Subject>"
            "<DocumentId>97056f07-7371-42d0-a039-8b4917ed613f</DocumentId></MessageHeader>"
            f"<Manifest>{attached}</Manifest></EdXMLEnvelope>")


def status(code, document, words=""):
    """A status message about DOCUMENT."""
    p = lambda name, text: f"<edXML:{name}>{text}</edXML:{name}>"
    said = p("Status", p("ResponseFor", p("OrganId", "HDND") + p("DocumentId", document)) +
             p("From", p("OrganId", "H26.05") + p("OrganName", "UBND phường Đống Đa")) +
             p("StatusCode", code) + p("Description", words))
    return (f'<edXML xmlns="{QCVN}"><edXML:edXMLEnvelope xmlns:edXML="{QCVN}">{p("edXMLHeader", said)}'
            "</edXML:edXMLEnvelope></edXML>")


def annex(rows, declared=None):
    """A CSV annex; rows are (number, field, text)."""
    head = [f"Số lượng;{declared}"] if declared is not None else []
    table = ["STT;Địa bàn;Lĩnh vực;Nội dung kiến nghị"]
    table += [f"{n};phường Đống Đa;{field};{text}" for n, field, text in rows]
    return ("\n".join(head + table) + "\n").encode()


def xlsx(rows, path):
    """The same as a workbook of openpyxl."""
    import openpyxl
    book = openpyxl.Workbook()
    book.active.append(["STT", "Địa bàn", "Lĩnh vực", "Nội dung kiến nghị"])
    for n, field, text in rows:
        book.active.append([n, "phường Đống Đa", field, text])
    book.save(path)
    with open(path, "rb") as file:
        return file.read()


def statuses(folder):
    """(code, DocumentId) of the status messages in FOLDER, by code."""
    found = []
    for file in sorted(folder.glob("*.edxml")):
        text = file.read_text(encoding="utf-8")
        found.append((re.search(r"<edXML:StatusCode>(\d+)<", text)[1],
                      re.search(r"<edXML:DocumentId>([^<]*)<", text)[1]))
    return sorted(found)
