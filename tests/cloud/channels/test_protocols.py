"""Signatures and encryption against what their authors published."""

import time
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from cloud.channels import alibaba, push, sms, tencent, webhook, wechat
from cloud.channels.base import Failed, Receipt
from tests.cloud.channels import pushed


def test_alibaba_signs_as_its_documentation_shows() -> None:
    query = alibaba.canonical_query(
        {
            "RegionId": "cn-shanghai",
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        }
    )
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": alibaba.EMPTY,
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    found = alibaba.authorization("YourAccessKeyId", "YourAccessKeySecret", query, headers)
    assert found.endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_alibaba_quotes_what_is_not_unreserved() -> None:
    assert alibaba.canonical_query({"b": "c d*e~f/号", "a": ""}) == "a=&b=c%20d%2Ae~f%2F%E5%8F%B7"


def test_dates_for_alibaba_are_chinese() -> None:
    late_utc = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    assert alibaba.china_day(round(late_utc.timestamp() * 1000)) == "20261122"


def test_tencent_signs_as_its_documentation_shows() -> None:
    body = (
        b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    )
    found = tencent.authorization(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******",
        "Gu5t9xGARNpq86cd98joQYCN3*******",
        "cvm",
        "cvm.tencentcloudapi.com",
        "DescribeInstances",
        body,
        1551113065,
    )
    assert found == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******/2019-02-25/cvm/tc3_request"
        ", SignedHeaders=content-type;host;x-tc-action, "
        "Signature=be4f67d323c78ab9acb7395e43c0dbcf822a9cfac32fea2449a7bc7726b770a3"
    )


def test_the_browser_of_the_tests_reads_the_vector_of_rfc_8291() -> None:
    private = int.from_bytes(pushed.unb64("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
    browser = ec.derive_private_key(private, ec.SECP256R1())
    message = pushed.unb64(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLoc"
        "InmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLV"
        "WGNWQexSgSxsj_Qulcy4a-fN"
    )
    clear = pushed.decrypt(message, browser, pushed.unb64("BTBZMqHH6r4Tts7J_aSIgg"))
    assert clear == b"When I grow up, I want to be a watermelon"


def test_webhooks_are_signed_as_the_standard_shows() -> None:
    secret, body = (
        "whsec_plJ3nmyCDGBKInavdOK15jsl",
        b'{"event_type":"ping","data":{"success":true}}',
    )
    right = "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="
    assert webhook.signature(secret, "msg_loFOjxBNrRLzqYUf", "1731705121", body) == right
    headers = {
        "webhook-id": "msg_loFOjxBNrRLzqYUf",
        "webhook-timestamp": "1731705121",
        "webhook-signature": f"v1,b3RoZXI= {right}",
    }
    assert webhook.is_signed(secret, headers, body, 1731705121 + 299)
    assert not webhook.is_signed(secret, headers, body, 1731705121 + 301)
    assert not webhook.is_signed(secret, headers, body + b" ", 1731705121)
    assert not webhook.is_signed(secret, {}, body, time.time())


def test_wechat_signs_its_callbacks() -> None:
    right = "f21b9fff81912bea5f10df9fb5cadad1c58e4127"  # sha1sum of the three in their order
    assert wechat.is_signed("Lucina-token", right, "1409659813", "nonce-1")
    assert not wechat.is_signed("Lucina-token", right, "1409659813", "nonce-2")
    assert not wechat.is_signed("Lucina-token", "", "1409659813", "nonce-1")


def event(status: str) -> str:
    return (
        "<xml><ToUserName><![CDATA[gh_7f083739789a]]></ToUserName>"
        "<FromUserName><![CDATA[oia2TjuEGTNoeX76QEjQNrcURxG8]]></FromUserName>"
        "<CreateTime>1395658920</CreateTime><MsgType><![CDATA[event]]></MsgType>"
        "<Event><![CDATA[TEMPLATESENDJOBFINISH]]></Event><MsgID>200163836</MsgID>"
        f"<Status><![CDATA[{status}]]></Status></xml>"
    )


def test_wechat_says_what_became_of_a_message() -> None:
    assert wechat.finished(event("success")) == ("200163836", Receipt("delivered"))
    failed = Receipt("failed", "failed:user block")
    assert wechat.finished(event("failed:user block")) == ("200163836", failed)
    assert wechat.finished("<xml><Event><![CDATA[subscribe]]></Event></xml>") is None
    assert wechat.finished("not xml at all") is None


@pytest.mark.parametrize(
    ("endpoint", "known"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/x", True),
        ("https://web.push.apple.com/x", True),
        ("https://wns2-bl2p.notify.windows.com/w/?token=x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://evil.example/fcm.googleapis.com", False),
        ("https://notfcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://user@fcm.googleapis.com/x", False),
        ("https://169.254.169.254/latest", False),
        ("https://push.example.org/x", True),  # named in the setting
    ],
)
def test_only_push_services_are_spoken_to(endpoint: str, known: bool) -> None:
    assert push.is_known(endpoint, ("https://push.example.org",)) == known


def test_numbers() -> None:
    assert sms.number("+86 138-0013 8000") == "+8613800138000"
    for wrong in ("", "12", "1380013800x", "+86+138", "1" * 16):
        with pytest.raises(Failed) as caught:
            sms.number(wrong)
        assert caught.value.final
