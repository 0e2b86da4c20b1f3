"""A SOAP service on the tests' gateway: one operation, whose answers a test writes."""

from __future__ import annotations

from collections.abc import Callable

from tests.connectors.gateway import Reply, Request

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WSDL = """<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:t="urn:t"
  xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:x="http://www.w3.org/2001/XMLSchema"
  targetNamespace="urn:t">
 <wsdl:types><x:schema targetNamespace="urn:t" elementFormDefault="qualified">
  <x:element name="list"><x:complexType><x:sequence>
   <x:element name="token" type="x:string"/><x:element name="since" type="x:string" minOccurs="0"/>
   <x:element name="pageNo" type="x:int"/><x:element name="pageSize" type="x:int"/>
  </x:sequence></x:complexType></x:element>
  <x:element name="listResponse"><x:complexType><x:sequence>
   <x:element name="return" type="x:KIND"/></x:sequence></x:complexType></x:element>
 </x:schema></wsdl:types>
 <wsdl:message name="in"><wsdl:part name="parameters" element="t:list"/></wsdl:message>
 <wsdl:message name="out"><wsdl:part name="parameters" element="t:listResponse"/></wsdl:message>
 <wsdl:portType name="p"><wsdl:operation name="list"><wsdl:input message="t:in"/>
  <wsdl:output message="t:out"/></wsdl:operation></wsdl:portType>
 <wsdl:binding name="b" type="t:p">
  <s:binding transport="http://schemas.xmlsoap.org/soap/http" style="document"/>
  <wsdl:operation name="list"><s:operation soapAction="list" style="document"/>
   <wsdl:input><s:body use="literal"/></wsdl:input>
   <wsdl:output><s:body use="literal"/></wsdl:output></wsdl:operation></wsdl:binding>
 <wsdl:service name="s"><wsdl:port name="p" binding="t:b">
  <s:address location="http://127.0.0.1:9/"/></wsdl:port></wsdl:service>
</wsdl:definitions>"""


def envelope(returned: str, before: str = "") -> bytes:
    """An answer. `returned`: what stands inside `return`, as it is; `before`: before the root."""
    return (
        f'{before}<e:Envelope xmlns:e="{SOAP}"><e:Body><listResponse xmlns="urn:t">'
        f"<return>{returned}</return></listResponse></e:Body></e:Envelope>"
    ).encode()


def parts(*contents: tuple[str, bytes], end: bytes = b"--b--\r\n") -> bytes:
    """A multipart body with boundary `b`: content id and content of each part."""
    heads = [f"--b\r\nContent-ID: <{name}>\r\n\r\n".encode() for name, _ in contents]
    whole = [head + content + b"\r\n" for head, (_, content) in zip(heads, contents, strict=True)]
    return b"".join(whole) + end


def service(answer: Callable[[], Reply], kind: str = "string") -> Callable[[Request], Reply]:
    """Answers of a gateway. `kind`: the XSD type of what the operation returns."""

    def answers(request: Request) -> Reply:
        if request.method == "GET":
            return Reply(WSDL.replace("KIND", kind).encode(), 200, {"Content-Type": "text/xml"})
        return answer()

    return answers
