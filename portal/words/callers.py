"""Texts of calling systems."""

from __future__ import annotations

CALLERS: dict[str, str] = {
    "api.callers": "调用系统",
    "api.calls": "系统间接口",
    "api.callers.get": "各调用系统的授权：操作、事项、证照、网段、限额、起止时间",
    "api.callers.post": "为调用系统申请授权",
    "api.callers.approve": "批准授权（须为另一人）",
    "api.callers.pause": "暂停一个调用系统",
    "api.callers.resume": "恢复一个调用系统",
    "api.calls.post": "签名调用：证照类型、免提交方案、是否核验、证照数据（供预填）、文件核验",
    "api.calls.copy": "签名调用：证照加注件",
    "api.gbt36906.post": "GB/T 36906 共享服务接口（山东、上海的报文）",
}
