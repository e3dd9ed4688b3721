package loaders

// Headers in the languages that exports come in, beside English: German, French,
// Spanish, Italian, Polish, Czech, Russian and Chinese, in the form of plainName.
const (
	customerAbroad = " kunde kundeid kundenid kundennr kundennummer kdnr kundenkennung teilnehmer vertragsnummer numeroclient numéroclient idclient codeclient cliente idcliente " +
		"codigocliente códigocliente codicecliente klient klientid idklienta numerklienta nrklienta zákazník zakaznik idzákazníka číslozákazníka клиент клиентid idклиента " +
		"кодклиента номерклиента покупатель абонент 客戶 客戶編號 客户编号 客戶代號 會員編號 会员编号"
	productAbroad = " materialnummer materialnr artikel artikelnr artikelnummer artikelid produkt produktid produktnr produktnummer produit codeproduit codearticle producto codigoproducto códigoproducto " + //nolint:misspell // it is Spanish
		"artículo articulo article articolo prodotto codiceprodotto kodproduktu idproduktu towar towaru zboží kódzboží товар кодтовара артикул idтовара 商品 商品編號 商品编号 產品編號 产品编号"
	mailAbroad = " emailadresse mailadresse adresseemail adressemail adressedemessagerie courriel correo correoelectrónico correoelectronico direccióndecorreoelectrónico direcciondecorreoelectronico indirizzoemail indirizzodipostaelettronica adresemail " +
		"emailováadresa emailovaadresa электроннаяпочта адресэлектроннойпочты 电子邮件 電子郵件 电子邮箱 电子邮件地址 電子郵件地址 邮箱"
	timeAbroad = " horodateur marcatemporal informazionicronologiche sygnaturaczasowa časováznačka отметкавремени 时间戳 时间戳记 時間戳記 datum zeit zeitpunkt zeitstempel datumzeit datumuhrzeit fecha fechahora dataora dataczas czas dateheure horodatage čas дата время датавремя датаивремя 日期 時間 时间 日期時間"

	callerAbroad = " anrufer numorigen numeroorigen númeroorigen origen numerochiamante chiamante numera numerwywołujący volajícíčíslo rufnummera arufnummer anummer rufendenummer absender quellnummer appelant numeroappelant numéroappelant emisor llamante numerodzwoniący volající " +
		"аномер номера вызывающий вызывающийномер исходящийномер номерабонентаа 主叫 主叫號碼 主叫号码 發話號碼"
	calleeAbroad = " angerufener numdestino numerodestino númerodestino destino numerochiamato chiamato numerb numerwywoływany volanéčíslo rufnummerb brufnummer bnummer gerufenenummer zielnummer zielrufnummer empfänger empfaenger appelé appele numeroappele numéroappelé receptor llamado " +
		"volaný бномер номерб вызываемый вызываемыйномер входящийномер номерабонентаб 被叫 被叫號碼 被叫号码 受話號碼"
	callTimeAbroad = " beginn gesprächsbeginn anrufbeginn anrufzeit verbindungsbeginn startzeit startzeitpunkt début debut heuredébut inicio horainicio začátek początek " +
		"начало началозвонка началоразговора датазвонка времязвонка 通話時間 通话时间 開始時間 开始时间"
	secondsAbroad = " dauer gesprächsdauer anrufdauer verbindungsdauer dauersekunden dauersek dauerinsekunden durée duree duracion duración durata czastrwania czasrozmowy délka trvání " +
		"длительность длительностьсек длительностьразговора продолжительность секунды 通話秒數 通话秒数 通話時長 通话时长"

	boughtAbroad = " fakturadatum auftragsdatum bestelldatum kaufdatum rechnungsdatum belegdatum verkaufsdatum buchungsdatum datecommande datefacture dateachat fechapedido fechacompra fechafactura " +
		"datazakupu datazamówienia datumnákupu датапокупки датазаказа датачека датапродажи 購買日期 购买日期 交易日期 交易時間 訂單日期 订单日期"
	basketAbroad = " faktura fakturanr auftrag auftragsnummer beleg belegnr belegnummer rechnung rechnungsnr rechnungsnummer bestellung bestellnr bestellnummer bon bonnr bonnummer facture numerofacture commande " +
		"numerocommande factura numerofactura pedido paragon numerparagonu účtenka чек номерчека заказ номерзаказа 訂單編號 订单编号 發票號碼 发票号码 交易編號"
	quantityAbroad = " menge fakturiertemenge bestellmenge absatzmenge anzahl stück stückzahl stueck stueckzahl quantité quantite qté qte cantidad cant unidades quantità quantita ilość ilosc množství mnozstvi количество колво 數量 数量" //nolint:misspell // it is French
	priceAbroad    = " preis einzelpreis stückpreis stueckpreis verkaufspreis listenpreis prix prixunitaire prixunitaireht precio pvp preciounitario prezzo prezzounitario cena cenajednostkowa " +
		"jednotkovácena цена ценазаединицу 單價 单价 價格 价格"
	amountAbroad = " betrag nettowert nettobetrag umsatz gesamt gesamtbetrag gesamtpreis zeilenbetrag summe montant importe monto importo totale celkem razem kwota wartość wartosc částka castka сумма стоимость " +
		"суммастроки 金額 金额 總額 总额 總金額"

	callKindAbroad = " typ art anrufart anruftyp verbindungsart verbindungstyp dienst dienstart typeappel typedappel tipo tipodellamada tipochiamata servicio servizio rodzaj typpołączenia usługa typhovoru druh służba тип типвызова услуга 類型 类型"
	statusAbroad   = " bestellstatus auftragsstatus zahlungsstatus belegart vorgangsart bonart statut statutcommande estado estadopedido stato statoordine stanzamówienia statuszamówienia stavobjednávky статус статусзаказа типоперации"
	nameAbroad     = " bezeichnung artikelbezeichnung artikelname produktname produktbezeichnung désignation libellé nazwa nazwaproduktu název название наименование 品名 商品名稱 商品名称 產品名稱"
	categoryAbroad = " kategorie warengruppe artikelgruppe produktgruppe catégorie categorie categoría categoria kategoria категория 類別 类别 分類 分类"
	scoreAbroad    = " bewertung zufriedenheit évaluation evaluation satisfacción satisfaccion valoración valoracion calificación calificacion puntuación puntuacion soddisfazione valutazione punteggio ocena zadowolenie hodnocení hodnoceni spokojenost оценка удовлетворенность 评分 評分 满意度 滿意度" //nolint:misspell // it is Spanish
	churnedAbroad  = " fechabaja fechadebaja dateresiliation datederésiliation datedisdetta datarezygnacji kündigungsdatum kuendigungsdatum kündigung abgangsdatum vertragsende gekündigtam датаотключения датарасторжения датаухода 退租日期 離網日期 离网日期"
)
