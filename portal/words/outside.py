"""Words of the page of a licence from outside that is handed in as a file."""

from __future__ import annotations

OUTSIDE = {
    "outside.link": "外地电子证照文件",
    "outside.title": "外地电子证照",
    "outside.form": "核验一份文件",
    "outside.about": "申请人有外省、外市签章的电子证照文件时，在这里核验。"
    "请先看清文件上就是申请人。",
    "outside.type": "是哪种证照",
    "outside.file": "文件（PDF 或 OFD，不超过 20 MB）",
    "outside.file.hint": "要申请人下载的原文件，不要打印后的扫描件，也不要截图。",
    "outside.button": "核验",
    "outside.no_file": "请选择文件。",
    "outside.none": "本办件没有需要带来的证照，不用核验外地文件。",
    "outside.grade.A": "A 级，可以直接使用",
    "outside.grade.A.about": "签章有效，机构在互认名单里。OFD 文件不留存，请把文件存入办件。",
    "outside.grade.C": "C 级，须看原件",
    "outside.grade.C.about": "签章不能确认。请当面核对原件，核对以后可以留存扫描件。",
    "outside.kept": "签章有效，机构在互认名单里；文件已经留存，本办件不用再交，下一个窗口也能用。",
}
