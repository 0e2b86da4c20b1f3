"""The Chinese of wallets; `portal.words` takes it up."""

from __future__ import annotations

WALLET: dict[str, str] = {
    "api.window.offers": "市民 App 签名调用：本人选定一份证照领到钱包，得到领取码",
    "wallet.title": "把证照领到手机钱包",
    "wallet.about": "{name}：领取后，您可以只出示需要的字段，其他内容不会被看到。",
    "wallet.scan": "用支持 OpenID4VCI 的钱包扫描下面的二维码。",
    "wallet.pin": "在钱包中输入市民 App 显示的六位交易码。不要把它告诉别人。",
    "wallet.code": "领取二维码",
    "wallet.open": "钱包就在这部手机上：直接打开",
    "wallet.ends": "领取码有效至",
    "wallet.over": "这个领取码不存在、已被使用或已过期。请回到市民 App 重新领取。",
}
