"""Addresses of the citizens' pages. They stand on receipts and posters: keep every one of them."""

from django.urls import path

from portal.citizen import answers, following, rating, writing
from portal.pages import feedback

urlpatterns = [
    path("danh-gia/", rating.start, name="rate"),
    path("danh-gia/<str:token>/", rating.question, name="rate-question"),
    path("danh-gia/<str:token>/them/", rating.details, name="rate-details"),
    path("danh-gia/<str:token>/cam-on/", rating.thanks, name="rate-thanks"),
    path("phan-anh/", writing.about, name="petitions"),
    path("phan-anh/viet/", writing.whom, name="petition-write"),
    path("phan-anh/viet/<str:name>/loai/", writing.kind, name="petition-kind"),
    path("phan-anh/viet/<str:name>/noi-dung/", writing.text, name="petition-text"),
    path("phan-anh/viet/<str:name>/tuong-tu/", writing.alike, name="petition-alike"),
    path("phan-anh/viet/<str:name>/gui/", writing.check, name="petition-check"),
    path("phan-anh/viet/<str:name>/bien-nhan/", writing.receipt, name="petition-receipt"),
    path("phan-anh/tra-cuu/", following.follow, name="petition-follow"),
    path("phan-anh/tra-cuu/dong/", following.close, name="petition-close"),
    path("phan-anh/tra-cuu/<str:code>/", following.followed, name="petition-followed"),
    path("phan-anh/tra-cuu/<str:code>/bo-sung/", following.supplement, name="petition-supplement"),
    path("phan-anh/tra-cuu/<str:code>/y-kien/", following.judge, name="petition-judge"),
    path("phan-anh/tra-cuu/<str:code>/phan-anh-lai/", following.complain, name="petition-complain"),
    path("phan-anh/tra-loi/", answers.answers, name="answers"),
    path("phan-anh/tra-loi/<str:code>/", answers.answer, name="answer"),
    path("hai-long/", feedback.satisfaction, name="satisfaction"),
    path("hai-long/theo-thang.csv", feedback.months_file, name="satisfaction-file"),
]
